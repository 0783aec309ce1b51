import type { EditReply } from '../../src/change/wire/edit.ts';
import { plainName } from './words.ts';

type Prepared = Extract<EditReply, { is: 'prepared' }>;

const mostFields = 3;

/** `spec.replicas 2 → 3 (also spec.x)`; every word is ours or plain. */
export function changesText({ changes, also }: Pick<Prepared, 'changes' | 'also'>): string {
  const said = changes.slice(0, mostFields).map(({ field, before, after }) => {
    const from = before === undefined ? 'not set' : valueText(before);
    return `${fieldText(field)} ${from} → ${after === undefined ? 'gone' : valueText(after)}`;
  });
  const fields = [...said, ...rest(changes.length)].join(', ');
  if (also.length === 0) return fields;
  const more = [...also.slice(0, mostFields).map(({ field }) => fieldText(field)), ...rest(also.length)];
  return `${fields}; the same words of the source also stand for ${more.join(', ')}`;
}

function rest(count: number): readonly string[] {
  return count > mostFields ? [`${count - mostFields} more`] : [];
}

/** A name of an item, or a key of somebody's, may be any words. */
function fieldText(field: string): string {
  return field.length > 120 ? '?' : plainName(field);
}

function valueText(value: string): string {
  return value.length > 80 ? '?' : plainName(value);
}
