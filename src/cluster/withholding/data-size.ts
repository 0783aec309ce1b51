import type { JsonValue } from '../../kit/index.ts';

/** How many bytes a withheld entry of a `data` map had: the redactor leaves that much, `«redacted:data:412-bytes-f1a9c2»`. */
export function withheldBytes(value: JsonValue | undefined): number | undefined {
  const [, bytes] = /^«redacted:data:(\d+)-bytes-/.exec(typeof value === 'string' ? value : '') ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}
