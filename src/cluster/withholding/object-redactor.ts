import { createHmac, randomBytes } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { marker } from '../../redaction/marker.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { clusterError } from '../errors.ts';
import { isObject } from '../fields.ts';
import type { Withheld } from '../reader.ts';
import { isHarmlessVariable } from './harmless.ts';
import { isSecretName, isSecretValue, meaningOf } from './names.ts';
import { scrubArguments, scrubText, type Withhold } from './scrub.ts';

/**
 * Takes out of a Kubernetes object what nobody outside may see, by where it stands and then by how it reads: structure
 * first, patterns second. Runs on every object before anything else does.
 *
 *  dropped       managedFields, unless only who, how and when was asked for; annotations that repeat the whole object
 *  withheld      the value is replaced by `«redacted:env:f1a9c2»`; the last part is a keyed fingerprint: equal values have
 *                equal ones while this process runs
 *  data          entries of a `data` map: `«redacted:data:412-bytes-f1a9c2»`, size and fingerprint, never the value
 *  reference     where a value comes from (`secret/db#password`): shown, it holds no value
 */
export interface ObjectRedactor {
  /** `clean` collects texts in which nothing was found; the objects of one list say the same again and again. */
  redact(object: JsonObject, clean?: Set<string>): { readonly body: JsonObject; readonly withheld: Withheld };
  /** Lines of one text, read line by line and over their ends: as many come back. */
  lines(lines: readonly string[]): { readonly lines: readonly string[]; readonly withheld: Withheld };
}

export function createObjectRedactor(redactor: Redactor): ObjectRedactor {
  const key = randomBytes(32);
  return {
    redact(object, clean = new Set()) {
      if (object['kind'] === 'Secret') {
        throw clusterError('cluster-secret-refused', {
          message: 'the API server sent a Secret where none was asked for; it was dropped',
          next: 'ask for what refers to the secret instead',
        });
      }
      const pass = new Pass({ key, redactor, clean, kind: typeof object['kind'] === 'string' ? object['kind'] : '' });
      return { body: pass.object(object, ''), withheld: pass.counts };
    },
    lines(lines) {
      const pass = new Pass({ key, redactor, clean: new Set(), kind: '' });
      return { lines: pass.lines(lines), withheld: pass.counts };
    },
  };
}

const droppedAnnotation = /last-applied|(?:^|[./])applied$|checksum\//;
const longestAnnotation = 512;

/** Lists and objects within each other; no kind needs half of it, and readers walk through them once more. */
const deepest = 60;

/** Fields a pure reference to a value consists of. */
const referenceFields = new Set(
  'name key optional namespace kind apiVersion group items path mode defaultMode secretName audience expirationSeconds'.split(
    ' ',
  ),
);

interface PassOptions {
  readonly key: Uint8Array;
  readonly redactor: Redactor;
  readonly clean: Set<string>;
  readonly kind: string;
}

/** One object's walk, with its tally. */
class Pass {
  readonly counts: Record<string, number> = {};
  #depth = 0;
  readonly #key: Uint8Array;
  readonly #redactor: Redactor;
  readonly #clean: Set<string>;
  /** Kinds made of secrets (stores, generators) hold values under plain names. */
  readonly #holdsValues: boolean;
  /** Kinds whose `webhooks` say which Service the API server asks; elsewhere a hook's address is a secret. */
  readonly #admission: boolean;
  /** Kinds whose `secretKey` is how a key is called. */
  readonly #copies: boolean;
  readonly #withhold: Withhold = (rule, value) => {
    this.count(rule, 1);
    return marker(rule, this.#fingerprint(value));
  };

  constructor({ key, redactor, clean, kind }: PassOptions) {
    this.#key = key;
    this.#redactor = redactor;
    this.#clean = clean;
    this.#holdsValues = /secret|password|credential|^fake$/i.test(kind);
    this.#copies = /^(?:Cluster)?ExternalSecret$/.test(kind);
    this.#admission = /^(?:Mutating|Validating)WebhookConfiguration$/.test(kind);
  }

  count(rule: string, times: number): void {
    if (times > 0) this.counts[rule] = (this.counts[rule] ?? 0) + times;
  }

  lines(lines: readonly string[]): readonly string[] {
    const { value, counts } = this.#redactor.value(lines.map((line) => scrubText(line, this.#withhold)));
    for (const [rule, count] of Object.entries(counts)) this.count(rule, count);
    return value;
  }

  object(object: JsonObject, field: string): JsonObject {
    const itsName = nameBesideValue(object);
    return Object.fromEntries(
      Object.entries(object)
        .filter(([name, value]) => name !== 'managedFields' || isEditHistory(value))
        .map(([name, value]) => [
          this.#text(name),
          itsName !== undefined && name === 'value'
            ? this.#label(itsName, value)
            : this.#copies && isNameOfKey(name, object)
              ? this.#value(value, name)
              : this.#field(name, value, field),
        ]),
    );
  }

  #field(name: string, value: JsonValue, parent: string): JsonValue {
    if (parent === 'metadata' && isObject(value)) {
      if (name === 'annotations') return this.#annotations(value);
      if (name === 'labels') return this.#labels(value);
    }
    if (isDataMap(name, value)) return this.#dataMap(value);
    if (this.#admission && name === 'webhooks') return this.#value(value, name);
    switch (meaningOf(name)) {
      case 'environment':
        return typeof value === 'object' ? this.#environment(value) : this.#value(value, name);
      case 'command-line':
        return this.#commandLine(value);
      case 'secret':
        return this.#secret(value);
      case 'telling':
        return this.#telling(name, value);
      case 'value':
        return this.#holdsValues ? this.#secret(value) : this.#value(value, name);
      case 'plain':
        return this.#value(value, name);
    }
  }

  #value(value: JsonValue, name: string): JsonValue {
    if (typeof value === 'string') return this.#text(value);
    if (isList(value)) return this.#below(() => value.map((item) => this.#value(item, name)));
    return isObject(value) ? this.#below(() => this.object(value, name)) : value;
  }

  /** Whoever may write an object must not be able to end the walk through it: what is deeper is left out. */
  #below(walk: () => JsonValue): JsonValue {
    if (this.#depth >= deepest) {
      this.count('too-deep', 1);
      return marker('too-deep');
    }
    this.#depth += 1;
    const walked = walk();
    this.#depth -= 1;
    return walked;
  }

  /** Texts right beside a name that tells of them. */
  #telling(name: string, value: JsonValue): JsonValue {
    if (isList(value)) return this.#below(() => value.map((item) => this.#telling(name, item)));
    const isLeaf = typeof value === 'string' || typeof value === 'number';
    return isLeaf && isSecretValue(name, value)
      ? this.#withhold('secret-field', String(value))
      : this.#value(value, name);
  }

  /** Everything below a secret name, but for references and yes-or-no. */
  #secret(value: JsonValue): JsonValue {
    if (value === null || typeof value === 'boolean' || value === '') return value;
    if (isList(value)) return this.#below(() => value.map((item) => this.#secret(item)));
    if (isObject(value)) {
      return this.#below(() =>
        isReference(value)
          ? this.object(value, '')
          : Object.fromEntries(Object.entries(value).map(([name, item]) => [this.#text(name), this.#secret(item)])),
      );
    }
    return this.#withhold('secret-field', String(value));
  }

  #annotations(annotations: JsonObject): JsonObject {
    const kept: [string, JsonValue][] = [];
    for (const [name, value] of Object.entries(annotations)) {
      if (droppedAnnotation.test(name)) this.count('annotation', 1);
      else if (typeof value === 'string' && value.length > longestAnnotation) {
        kept.push([this.#text(name), `<${value.length} chars>`]);
        this.count('annotation', 1);
      } else kept.push([this.#text(name), this.#label(name, value)]);
    }
    return Object.fromEntries(kept);
  }

  #labels(labels: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [this.#text(name), this.#label(name, value)]),
    );
  }

  #label(name: string, value: JsonValue): JsonValue {
    return isSecretName(name) ? this.#secret(value) : this.#telling(name, value);
  }

  #dataMap(data: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(data).map(([name, value]) => {
        const text = String(value);
        this.count('data', 1);
        const detail = `${Buffer.byteLength(text)}-bytes-${this.#fingerprint(text)}`;
        return [this.#text(name), marker('data', detail)];
      }),
    );
  }

  #environment(value: JsonValue): JsonValue {
    if (isList(value)) return this.#below(() => value.map((item) => this.#variable(item)));
    if (!isObject(value)) return value;
    return this.#below(() =>
      Object.fromEntries(
        Object.entries(value).map(([name, item]) => [this.#text(name), this.#variableValue(name, item)]),
      ),
    );
  }

  #variableValue(name: string, item: JsonValue): JsonValue {
    if (isObject(item))
      return name === 'valueFrom' || isReference(item) ? this.object(item, name) : this.#environment(item);
    return isList(item) ? this.#environment(item) : this.#literal(name, item);
  }

  #variable(item: JsonValue): JsonValue {
    if (typeof item === 'string') {
      const end = item.indexOf('=');
      return end === -1
        ? this.#withhold('env', item)
        : `${this.#text(item.slice(0, end))}=${this.#literal(item.slice(0, end), item.slice(end + 1))}`;
    }
    if (!isObject(item)) return this.#secret(item);
    const name = typeof item['name'] === 'string' ? item['name'] : '';
    const from = isObject(item['valueFrom']) ? referenceText(item['valueFrom']) : undefined;
    if (from !== undefined) return { name: this.#text(name), from: this.#text(from) };
    return Object.fromEntries(
      Object.entries(item).map(([field, value]) => [
        this.#text(field),
        field === 'name' ? this.#value(value, field) : this.#variableValue(field === 'value' ? name : field, value),
      ]),
    );
  }

  #literal(name: string, value: JsonValue): JsonValue {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'object') return this.#secret(value);
    const text = String(value);
    return isHarmlessVariable(name, text) ? value : this.#withhold('env', text);
  }

  #commandLine(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#arguments([value])[0] ?? '';
    if (!isList(value) || !value.every((item) => typeof item === 'string')) return this.#value(value, 'args');
    return this.#arguments(value);
  }

  #arguments(items: readonly string[]): string[] {
    return scrubArguments(items, this.#withhold).map((item) => this.#patterns(item));
  }

  /** By how it reads: this group's own forms, then every rule there is. */
  #text(text: string): string {
    if (this.#clean.has(text)) return text;
    const found = this.#patterns(scrubText(text, this.#withhold));
    if (found === text) this.#clean.add(text);
    return found;
  }

  #patterns(scrubbed: string): string {
    const { text, counts } = this.#redactor.text(scrubbed);
    for (const [rule, count] of Object.entries(counts)) this.count(rule, count);
    return text;
  }

  #fingerprint(value: string): string {
    return createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 6);
  }
}

const editFields = new Set(['manager', 'operation', 'time', 'subresource']);

/** Managed fields without what they manage, for which a reader has to ask: names of fields and of list items can hold values. */
function isEditHistory(value: JsonValue): boolean {
  if (!isList(value) || value.length === 0) return false;
  return value.every(
    (item) =>
      isObject(item) &&
      /^(?:Apply|Update)$/.test(String(item['operation'])) &&
      Object.keys(item).every((field) => editFields.has(field)),
  );
}

/** `{ name: adminPassword, value: … }`, or with `key`, wherever it stands; undefined where the name tells nothing. */
function nameBesideValue(object: JsonObject): string | undefined {
  if (!Object.hasOwn(object, 'value')) return undefined;
  const name = object['name'] ?? object['key'];
  return typeof name === 'string' && ['secret', 'telling'].includes(meaningOf(name)) ? name : undefined;
}

/** In an ExternalSecret `secretKey` is how a key is called; what is in it stands behind `remoteRef`. */
function isNameOfKey(name: string, object: JsonObject): boolean {
  const value = object[name];
  if (name !== 'secretKey' || !isObject(object['remoteRef'] ?? null)) return false;
  return typeof value === 'string' && /^[-._a-zA-Z0-9]{1,253}$/.test(value);
}

function isDataMap(name: string, value: JsonValue): value is JsonObject {
  if (!/^(?:data|stringData|binaryData)$/.test(name) || !isObject(value)) return false;
  return Object.values(value).every((entry) => typeof entry !== 'object' || entry === null);
}

function isReference(object: JsonObject): boolean {
  const fields = Object.keys(object);
  const points = fields.includes('name') || fields.includes('secretName') || fields.includes('path');
  return points && fields.every((field) => referenceFields.has(field));
}

/** `secret/db#password`, `configmap/app#mode`, `field metadata.name`; undefined for a form not known here. */
function referenceText(valueFrom: JsonObject): string | undefined {
  for (const [field, prefix] of [
    ['secretKeyRef', 'secret'],
    ['configMapKeyRef', 'configmap'],
  ] as const) {
    const reference = valueFrom[field];
    if (isObject(reference)) return `${prefix}/${String(reference['name'])}#${String(reference['key'])}`;
  }
  const source = valueFrom['fieldRef'] ?? valueFrom['resourceFieldRef'];
  if (!isObject(source)) return undefined;
  return `field ${String(source['fieldPath'] ?? source['resource'])}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
