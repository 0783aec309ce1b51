import { type JsonObject, type JsonValue, Secret, Untrusted } from '../kit/index.ts';
import { marker } from './marker.ts';
import type { Redactor } from './redactor.ts';

/**
 * Whole messages on their way out. What a peer needs to follow the protocol is passed as it is, by its place and not by
 * its name alone; every other string and name is redacted, and the frame stays a valid one.
 */
const envelope = new Set(['jsonrpc', 'id', 'method']);
/** Directly below `params` and `result`: chosen by the peer, or by the protocol. */
const passed = ['protocolVersion', 'progressToken', 'requestId'] as const;

/** One JSON-RPC message, or a batch of them. */
export function redactFrame<Message extends object>(redactor: Redactor, message: Message): Message {
  if (Array.isArray(message)) return message.map((one: object) => redactFrame(redactor, one)) as unknown as Message;
  const entries = Object.entries(message).map(([key, value]: [string, JsonValue | undefined]) => [
    key,
    value === undefined || envelope.has(key) ? value : redactPart(redactor, value),
  ]);
  // Redaction keeps the shape: the result is the message it was.
  return Object.fromEntries(entries) as Message;
}

function redactPart(redactor: Redactor, part: JsonValue): JsonValue {
  const { value } = redactor.value(part);
  if (value === part || !isObject(part) || !isObject(value)) return value;
  const meta = part['_meta'];
  const redactedMeta = value['_meta'];
  return {
    ...value,
    ...scalars(part),
    ...(isObject(meta) && isObject(redactedMeta) ? { _meta: { ...redactedMeta, ...scalars(meta) } } : {}),
  };
}

function scalars(part: JsonObject): JsonObject {
  const kept = passed.filter((name) => typeof part[name] === 'string' || typeof part[name] === 'number');
  return Object.fromEntries(kept.map((name) => [name, part[name] ?? null]));
}

const depthLimit = 12;

/**
 * What a logger was given, as JSON without secrets: errors by their type, message, code, stack and cause, nothing else
 * that hangs on them; cycles, functions and bytes by name.
 */
export function redactLogRecord(redactor: Redactor, record: Readonly<Record<string, unknown>>): JsonObject {
  const plain = Object.fromEntries(
    Object.entries(record).map(([key, value]): [string, JsonValue] => [key, plainValue(value, new Set([record]))]),
  );
  const { value } = redactor.value<JsonValue>(plain);
  return isObject(value) ? value : { message: value };
}

function plainValue(value: unknown, above: ReadonlySet<unknown>): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? null : plainObject(value, above);
    default:
      return `«${typeof value}»`;
  }
}

function plainObject(value: object, above: ReadonlySet<unknown>): JsonValue {
  if (above.has(value)) return '«cycle»';
  if (above.size > depthLimit) return marker('too-deep');
  const below = new Set([...above, value]);
  if (value instanceof Secret) return '«secret»';
  if (value instanceof Untrusted) return '«untrusted»';
  if (value instanceof Error) return plainError(value, below);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `«${value.byteLength} bytes»`;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, below));
  const entries =
    value instanceof Map ? [...value].map(([key, item]) => [String(key), item] as const) : Object.entries(value);
  return Object.fromEntries(
    entries.filter(([, item]) => item !== undefined).map(([key, item]) => [key, plainValue(item, below)]),
  );
}

function plainError(error: Error, below: ReadonlySet<unknown>): JsonValue {
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? { code: error.code } : {};
  return {
    type: error.name,
    message: error.message,
    ...code,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: plainValue(error.cause, below) }),
  };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
