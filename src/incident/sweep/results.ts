import type { Sample } from '../../monitoring/port.ts';
import type { CheckResult, SweepSight } from './port.ts';

const mostItems = 20;

/** Well where nothing is wrong; `well` says what that means. */
export function found(
  wrong: { readonly fail?: readonly string[]; readonly warn?: readonly string[] },
  well: string,
  next?: string,
): CheckResult {
  const [fail, warn] = [wrong.fail ?? [], wrong.warn ?? []];
  const items = [...fail, ...warn];
  if (items.length === 0) return { status: 'pass', detail: well, items };
  const counts = [
    ...(fail.length === 0 ? [] : [`${fail.length} failing`]),
    ...(warn.length === 0 ? [] : [`${warn.length} to look at`]),
  ];
  const more = items.length > mostItems ? `, ${mostItems} shown` : '';
  return {
    status: fail.length > 0 ? 'fail' : 'warn',
    detail: `${counts.join(', ')}${more}`,
    items: items.slice(0, mostItems),
    next,
  };
}

export function unknown(detail: string): CheckResult {
  return { status: 'unknown', detail, items: [] };
}

/** What a query gave. That it was asked and answered was seen to before any check is made. */
export function samplesOf(sight: SweepSight, query: string): readonly Sample[] {
  const samples = sight.samples.get(query);
  return samples === undefined || typeof samples === 'string' ? [] : samples;
}

/** `namespace/pod`, `instance`: the labels that say where it was measured, as far as they are there. */
export function placeOf({ labels }: Sample, ...names: readonly string[]): string {
  const parts = names.map((name) => labels[name]).filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? 'somewhere' : parts.join('/');
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function daysBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 86_400_000;
}
