import type { JsonObject, JsonValue } from '../kit/index.ts';
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
  // Nobody knows any more who wrote which part: what others wrote was redacted as theirs by the renderer.
  const { value } = redactor.value(part, 'agent');
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

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
