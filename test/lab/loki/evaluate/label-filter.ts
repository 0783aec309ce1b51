import type { LabelFilter } from '../logql/syntax.ts';
import { parseBytes, parseDuration } from '../logql/units.ts';
import { compares } from './arithmetic.ts';
import type { LineLabels } from './line-labels.ts';

export function passes(filter: LabelFilter, labels: LineLabels): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every((one) => passes(one, labels));
    case 'or':
      return filter.of.some((one) => passes(one, labels));
    case 'text':
      return filter.matcher.fits(labels.get(filter.matcher.name) ?? '');
    case 'number': {
      const text = labels.get(filter.name);
      if (text === undefined) return false;
      const value = numberIn(text, filter.unit);
      if (value !== undefined) return compares(filter.op, value, filter.value);
      // A line that cannot be compared stays, with the mistake as a label, so that it is seen.
      if (!labels.failed) labels.fail('LabelFilterErr', mistakeIn(text, filter.unit));
      return true;
    }
  }
}

type Unit = (LabelFilter & { kind: 'number' })['unit'];

function numberIn(text: string, unit: Unit): number | undefined {
  if (unit === 'bytes') return parseBytes(text);
  if (unit === 'number') {
    const value = Number(text);
    return text.trim() === text && text !== '' && Number.isFinite(value) ? value : undefined;
  }
  const duration = parseDuration(text);
  return duration === undefined ? undefined : Number(duration);
}

/** In the words of the Go functions Loki asks. */
function mistakeIn(text: string, unit: Unit): string {
  if (unit === 'duration') return `time: invalid duration ${JSON.stringify(text)}`;
  const number = unit === 'bytes' ? (/^[\d.,]*/.exec(text)?.[0] ?? '') : text;
  if (unit === 'bytes' && number !== '')
    return `unhandled size name: ${text.slice(number.length).trim().toLowerCase()}`;
  return `strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`;
}
