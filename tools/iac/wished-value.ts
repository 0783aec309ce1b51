import type { FieldStep, FieldWish } from '../../src/change/wire/edit.ts';

/** Where the API server knows texts alone, whatever they look like. */
const textual = new Set(['env', 'labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'args', 'command']);
/** Quantities are as good in one form as in the other. */
const quantities = new Set(['limits', 'requests']);

/** What a value that somebody wrote as text is to that field: `3` of `spec.replicas` is a number, of a label it is a text. */
export function wishedValue(path: readonly FieldStep[], text: string): FieldWish['value'] {
  if (path.some((step) => typeof step === 'string' && (textual.has(step) || quantities.has(step)))) return text;
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}
