import { z } from 'zod';
import {
  ageText,
  bytesText,
  type ClusterReader,
  coresText,
  type Load,
  listed,
  percentText,
} from '../../src/cluster/index.ts';
import { type Coverage, type Page, type TableAnswer, table } from '../../src/kit/index.ts';

export interface TopRequest {
  readonly cluster: ClusterReader;
  readonly namespace: string | undefined;
  readonly selector: string | undefined;
  readonly target: string | undefined;
  readonly sort: 'cpu' | 'memory' | undefined;
  readonly limit: number | undefined;
  readonly now: Date;
  readonly page: Page;
  readonly signal: AbortSignal;
}

/** Usage is measured every 15 to 60 seconds; older than this, it is not what is used now. */
const freshMs = 3 * 60_000;

/** Where a cursor stands. Usage changes by the minute, so a later page is of a later moment. */
const positionShape = z.object({ offset: z.int() });

/** The rows of this page, in a table that goes on by offset. */
export function pageOf<Row>(
  { page, limit, now }: TopRequest,
  rows: readonly Row[],
  answer: Pick<TableAnswer, 'columns' | 'coverage' | 'headline' | 'narrow' | 'notes'> & {
    readonly cells: (row: Row) => TableAnswer['rows'][number];
  },
): TableAnswer {
  const { cells, ...rest } = answer;
  const skipped = positionShape.optional().parse(page.position)?.offset ?? 0;
  return table({
    ...rest,
    asOf: now,
    rows: rows.slice(skipped, skipped + (limit ?? rows.length)).map(cells),
    total: rows.length,
    skipped,
    continueAt: (row) => page.mint({ offset: row }),
    notes: [
      ...(rest.notes ?? []),
      ...(skipped === 0 ? [] : ['measured anew: rows may have moved since the page before']),
    ],
  });
}

/** What of the usage is not known as of now, and why. */
export function unmeasured(
  missing: string | undefined,
  measured: readonly { readonly name: string; readonly at: Date | undefined }[],
  now: Date,
): NonNullable<Coverage['missing']> {
  if (missing !== undefined) return [{ what: 'usage', why: missing }];
  const none = measured.filter(({ at }) => at === undefined).map(({ name }) => name);
  const stale = measured.flatMap(({ name, at }) =>
    at !== undefined && now.getTime() - at.getTime() > freshMs ? [{ name, at }] : [],
  );
  const oldest = Math.min(...stale.map(({ at }) => at.getTime()));
  return [
    ...(none.length === 0
      ? []
      : [{ what: `usage of ${listed(none)}`, why: 'not measured yet, or its node does not report' }]),
    ...(stale.length === 0
      ? []
      : [
          {
            what: `present usage of ${listed(stale.map(({ name }) => name))}`,
            why: `last measured ${ageText(now.getTime() - oldest)} ago`,
          },
        ]),
  ];
}

/** `115Mi`, `250m`, or `-` where nobody said or measured. */
export const amountText = {
  cpu: (amount: number | undefined) => (amount === undefined ? '-' : coresText(amount)),
  memory: (amount: number | undefined) => (amount === undefined ? '-' : bytesText(amount)),
} as const;

export function shareText(part: number | undefined, whole: number | undefined): string {
  return part === undefined || whole === undefined ? '-' : percentText(part, whole);
}

/** `250m/500m`: request and limit. */
export function allowanceText(resource: 'cpu' | 'memory', { request, limit }: Load): string {
  return `${amountText[resource](request)}/${amountText[resource](limit)}`;
}
