/** How much of a plan is told. An answer takes the first level that fits its room: what decides least goes first. */
export interface Detail {
  /** Conventions the change found broken already, and drift: not of its making. */
  readonly old: number;
  /** Findings that are only worth knowing. */
  readonly notes: number;
  /** Changed values of one resource. */
  readonly leaves: number;
  readonly resources: number;
  /** Conventions the change itself breaks. */
  readonly conventions: number;
  /** Names in each part of the blast radius. */
  readonly blast: number;
  readonly reasons: number;
  readonly findings: number;
  /** Outputs, deferred resources, lines of an engine, changed files. */
  readonly rest: number;
}

const whole: Detail = {
  old: 40,
  notes: 40,
  leaves: 40,
  resources: 400,
  conventions: 40,
  blast: 60,
  reasons: 40,
  findings: 60,
  rest: 40,
};

/** Each takes more away than the one before it. */
const steps: readonly Partial<Detail>[] = [
  { old: 3 },
  { old: 0 },
  { notes: 3, rest: 12 },
  { leaves: 12, blast: 20 },
  { notes: 0, leaves: 6 },
  { resources: 100, leaves: 4, conventions: 12 },
  { leaves: 2, rest: 5, blast: 10 },
  { resources: 40, reasons: 12, findings: 20 },
  { leaves: 1, conventions: 5, blast: 5 },
  { resources: 20, leaves: 0, reasons: 6, findings: 8, rest: 3 },
  { resources: 10, conventions: 2, blast: 3, reasons: 4, findings: 4 },
  { resources: 4, conventions: 1, blast: 2, reasons: 3, findings: 3, rest: 1 },
  { resources: 2, conventions: 0, blast: 1, reasons: 2, findings: 2, rest: 0 },
];

export const levels: readonly Detail[] = [
  whole,
  ...steps.map((_, index): Detail => Object.assign({}, whole, ...steps.slice(0, index + 1))),
];

/** The first so many, and a line that says how many were left out; never a silent cut. */
export function some<Item>(
  items: readonly Item[],
  most: number,
  what: string,
  linesOf: (item: Item) => readonly string[],
): readonly string[] {
  const shown = items.slice(0, most).flatMap(linesOf);
  const left = items.length - Math.min(most, items.length);
  return left === 0 ? shown : [...shown, `(${left} more ${what} not shown)`];
}
