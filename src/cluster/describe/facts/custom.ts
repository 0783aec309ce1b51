import type { JsonValue } from '../../../kit/index.ts';
import { at, isObject } from '../../fields.ts';
import { counted } from '../../words.ts';
import { quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const mostFields = 24;
const longestValue = 100;

/** A kind nobody here knows: what its status and its spec say, or whatever it has instead, shortened. */
export function customFacts({ object: { body } }: Surroundings): Section | undefined {
  const { conditions: _told, ...status } = at(body, 'status') ?? {};
  const others = Object.entries(body).filter(
    ([field]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(field),
  );
  const fields = [['status', status] as const, ...others].flatMap(([field, value]) => leaves(field, value));
  const more = fields.length - mostFields;
  return section('fields', [
    more > 0 ? `${counted(more, 'field')} more than are shown; kubectl_get shows all` : undefined,
    ...fields.slice(0, mostFields).map(([path, value]) => quoted(path, value)),
  ]);
}

/** A list of plain values is one leaf. */
function leaves(path: string, value: JsonValue): readonly (readonly [path: string, value: string])[] {
  if (isObject(value)) return Object.entries(value).flatMap(([field, item]) => leaves(`${path}.${field}`, item));
  if (Array.isArray(value) && value.some(isObject)) {
    return value.flatMap((item: JsonValue, index) => leaves(`${path}[${index}]`, item));
  }
  const text = JSON.stringify(value);
  return [[path, text.length > longestValue ? `${text.slice(0, longestValue)}…` : text]];
}
