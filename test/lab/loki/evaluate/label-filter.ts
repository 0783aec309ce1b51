import type { Comparison, LabelFilter } from '../logql/syntax.ts';
import { parseBytes, parseDuration } from '../logql/units.ts';
import type { LineLabels } from './line-labels.ts';

export function passes(filter: LabelFilter, labels: LineLabels): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every((one) => passes(one, labels));
    case 'or':
      return filter.of.some((one) => passes(one, labels));
    case 'text':
      return filter.matcher.fits(labels.get(filter.matcher.name));
    case 'number': {
      const text = labels.get(filter.name);
      if (text === '') return false;
      const value = numberIn(text, filter.unit);
      if (value !== undefined) return compares(filter.op, value, filter.value);
      // A line that cannot be compared stays, with the mistake as a label, so that it is seen.
      labels.fail('LabelFilterErr', mistakeIn(text, filter.unit));
      return true;
    }
  }
}

type Unit = (LabelFilter & { kind: 'number' })['unit'];

function numberIn(text: string, unit: Unit): number | undefined {
  if (unit === 'bytes') return parseBytes(text);
  if (unit === 'number') {
    const value = Number(text);
    return text.trim() === text && Number.isFinite(value) ? value : undefined;
  }
  const duration = parseDuration(text);
  return duration === undefined ? undefined : Number(duration);
}

function mistakeIn(text: string, unit: Unit): string {
  if (unit === 'number') return `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
  if (unit === 'duration') return `time: invalid duration ${JSON.stringify(text)}`;
  return `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
}

function compares(op: Comparison, left: number, right: number): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
}
