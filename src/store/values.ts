import { storeError } from './errors.ts';

/**
 * How values travel between JavaScript and Postgres, as text in both directions, in one place for both databases: a
 * driver's own conversions differ (an int8 is a string to one and a bigint to the other), so neither is used.
 */
type Decode = (text: string) => unknown;

const scalars: readonly { readonly oid: number; readonly arrayOid: number; readonly decode: Decode }[] = [
  { oid: 16, arrayOid: 1000, decode: (text) => text === 't' || text === 'true' },
  { oid: 17, arrayOid: 1001, decode: decodeBytes },
  { oid: 20, arrayOid: 1016, decode: decodeInteger },
  { oid: 21, arrayOid: 1005, decode: Number },
  { oid: 23, arrayOid: 1007, decode: Number },
  { oid: 26, arrayOid: 1028, decode: Number },
  { oid: 114, arrayOid: 199, decode: decodeJson },
  { oid: 700, arrayOid: 1021, decode: Number },
  { oid: 701, arrayOid: 1022, decode: Number },
  { oid: 1184, arrayOid: 1185, decode: decodeInstant },
  { oid: 3802, arrayOid: 3807, decode: decodeJson },
];

/** Types that stay text, and whose arrays are arrays of text: name, text, bpchar, varchar, date, numeric, uuid. */
const textArrays = [1003, 1009, 1014, 1015, 1182, 1231, 2951];

const decoders: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  ...scalars.map(({ oid, decode }): [number, Decode] => [oid, decode]),
  ...scalars.map(({ arrayOid, decode }): [number, Decode] => [arrayOid, (text) => decodeArray(text, decode)]),
  ...textArrays.map((oid): [number, Decode] => [oid, (text) => decodeArray(text, (item) => item)]),
]);

/** The value of a column of the type `oid`, from Postgres' text for it. */
export function decodeValue(oid: number, text: string): unknown {
  const decode = decoders.get(oid);
  return decode === undefined ? text : decode(text);
}

/** Postgres' text for a parameter; the server reads it as the type the statement expects there. */
export function encodeParameter(value: unknown): string | null {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
      if (Array.isArray(value)) return encodeArray(value);
      return JSON.stringify(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be a parameter of a statement`);
  }
}

function encodeArray(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (Array.isArray(value)) return encodeArray(value);
    const text = encodeParameter(value);
    return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

function decodeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw unreadable('an int8 beyond ±(2^53 − 1)', 'cast it to text in the statement');
  return value;
}

function decodeJson(text: string): unknown {
  return JSON.parse(text);
}

function decodeBytes(text: string): Uint8Array {
  if (!text.startsWith('\\x')) throw unreadable('a bytea that is not in hex', 'set bytea_output to hex on the server');
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}

const instant = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\d\d)(?::(\d\d))?$/;

function decodeInstant(text: string): Date {
  const [, day, time, fraction = '', hours, minutes = '00'] = instant.exec(text) ?? [];
  if (day === undefined || time === undefined || hours === undefined) {
    throw unreadable('a timestamptz outside the years 0001–9999', 'cast it to text in the statement');
  }
  return new Date(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${hours}:${minutes}`);
}

/** Reads `{a,"b \"c\"",NULL,{…}}`; a lower bound written before it (`[0:1]=`) is skipped. */
function decodeArray(text: string, decode: Decode): readonly unknown[] {
  let at = text.indexOf('{');

  const quoted = (): string => {
    let item = '';
    for (at += 1; text[at] !== '"'; at += 1) {
      if (at >= text.length) throw unreadable('an array that ends inside a string', 'report it');
      if (text[at] === '\\') at += 1;
      item += text[at] ?? '';
    }
    at += 1;
    return item;
  };

  const bare = (): string => {
    const start = at;
    while (at < text.length && text[at] !== ',' && text[at] !== '}') at += 1;
    return text.slice(start, at);
  };

  const array = (): unknown[] => {
    const items: unknown[] = [];
    at += 1;
    while (text[at] !== '}') {
      if (at >= text.length) throw unreadable('an array without an end', 'report it');
      if (text[at] === '{') items.push(array());
      else if (text[at] === '"') items.push(decode(quoted()));
      else {
        const item = bare();
        items.push(item === 'NULL' ? null : decode(item));
      }
      if (text[at] === ',') at += 1;
    }
    at += 1;
    return items;
  };

  return array();
}

function unreadable(what: string, next: string): Error {
  return storeError('database-value-unreadable', { message: `the database holds ${what}`, next });
}
