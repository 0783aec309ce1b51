import { type FoundBy, listed, type Root, refText } from '../../src/cluster/index.ts';
import { saysWhich } from '../../src/incident/knowledge/match.ts';
import type { Knowledge, KnownIssue, KnownMatch, Subject } from '../../src/incident/knowledge/port.ts';
import { CastellanError, type Coverage, Untrusted } from '../../src/kit/index.ts';

/**
 * What is known of what is wrong. It hides nothing: a root is only left out of the rows where all of this holds, and then it is
 * counted and named.
 *
 *  mild     neither it nor what follows from it is critical
 *  whole    every finding of it is one that a known issue describes; what merely follows from those need not be
 *  current  the day of that issue has not passed
 *  narrow   that issue says by name or rule what it is about, and does not fit more roots than one cause has
 *
 * Any other root that a known issue fits is shown, with the issue beside it.
 */
export interface KnownRoots {
  readonly excused: ReadonlySet<Root>;
  /** What stands beside a root, our words. */
  besides(root: Root): readonly string[];
  /** Of those that were left out, and of issues that are too wide; our words. */
  notes(left: readonly Root[]): readonly string[];
  readonly missing: NonNullable<Coverage['missing']>;
}

/** More roots than this are no single issue's. */
const mostRoots = 5;

/** What a workload shows whatever is wrong with it. */
const consequences = new Set(['replicas-unavailable', 'rollout-stuck']);

/** Of issues, roots and runbooks, in one line. */
const mostNamed = 3;
const mostIssues = 8;

export async function readKnownRoots(
  known: Pick<Knowledge, 'about'> | undefined,
  roots: readonly Root[],
  now: Date,
): Promise<KnownRoots> {
  const asked = roots.map((root) => ({ root, subjects: root.findings.map((finding) => subjectOf(root, finding)) }));
  const all = asked.flatMap(({ subjects }) => subjects);
  const { matches, missing } = await askKnown(known, all, now);
  const bySubject = Map.groupBy(matches, ({ subject }) => subject);
  const byRoot = new Map(asked.map(({ root, subjects }) => [root, subjects.map((one) => bySubject.get(one) ?? [])]));
  const matchesOf = (root: Root): readonly KnownMatch[] => byRoot.get(root)?.flat() ?? [];
  const spreads = spreadsOf(roots, matchesOf);
  const wide = new Set(spreads.filter((spread) => spread.roots > mostRoots).map(({ key }) => key));
  const excuse = (fitting: readonly KnownMatch[]): KnownIssue | undefined =>
    fitting.flatMap(({ issue }) => issue ?? []).find((issue) => saysWhich(issue) && !wide.has(keyOf(issue)));
  const isWhole = (root: Root): boolean => {
    const causes = causesOf(root);
    return root.findings.every((finding, index) => {
      return !causes.includes(finding) || excuse(byRoot.get(root)?.[index] ?? []) !== undefined;
    });
  };
  return {
    excused: new Set(roots.filter((root) => isMild(root) && isWhole(root))),
    besides: (root) => besides(matchesOf(root)),
    notes: (left) => [
      ...leftNote(left.map((root) => ({ root, id: excuse(matchesOf(root))?.id ?? '' }))),
      ...spreads
        .filter(({ key }) => wide.has(key))
        .slice(0, mostNamed)
        .map((spread) => `known issue ${plain(spread.id)} fits ${spread.roots} roots: too wide to leave any out`),
    ],
    missing,
  };
}

/** What cannot be asked is not seen; nothing is known of anything then. Undefined: nobody keeps such things here. */
export async function askKnown(
  known: Pick<Knowledge, 'about'> | undefined,
  subjects: readonly Subject[],
  now: Date,
): Promise<{ readonly matches: readonly KnownMatch[]; readonly missing: NonNullable<Coverage['missing']> }> {
  if (known === undefined) return { matches: [], missing: [] };
  try {
    return { matches: await known.about(subjects, now), missing: [] };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return { matches: [], missing: [{ what: 'known issues and runbooks', why: error.code }] };
  }
}

/** `known issue KI-7 until 2026-12-01`. */
function issueText({ id, until }: KnownIssue): string {
  return `known issue ${plain(id)}${until === undefined ? '' : ` until ${plain(until)}`}`;
}

/** `known issue KI-7 expired 2026-11-01`. */
function expiredText({ id, until }: KnownIssue): string {
  return `known issue ${plain(id)} expired ${plain(until ?? '')}`;
}

/** What others call a thing, as it may stand in our sentences: a name or a path, and no sentence. */
export function plain(name: string): string {
  return /^[\w.@+][\w./@+-]{0,59}$/.test(name) ? name : '?';
}

function subjectOf({ ref }: Root, { rule, summary, detail }: FoundBy): Subject {
  const said = new Untrusted(summary);
  return {
    namespace: ref.namespace === '' ? undefined : ref.namespace,
    name: ref.name,
    rules: [rule],
    text: detail === undefined ? said : Untrusted.lines([said, detail]),
  };
}

interface Spread {
  readonly key: string;
  readonly id: string;
  readonly roots: number;
}

/** How many roots each issue fits. */
function spreadsOf(roots: readonly Root[], matchesOf: (root: Root) => readonly KnownMatch[]): readonly Spread[] {
  const fitting = roots.flatMap((root) => {
    const issues = matchesOf(root).flatMap(({ issue }) => issue ?? []);
    return [...new Map(issues.map((issue) => [keyOf(issue), issue.id]))].map(([key, id]) => ({ key, id }));
  });
  const byKey = Map.groupBy(fitting, ({ key }) => key);
  return [...byKey].map(([key, all]) => ({ key, id: all[0]?.id ?? '', roots: all.length }));
}

function keyOf({ id, origin }: KnownIssue): string {
  return JSON.stringify([id, origin]);
}

function isMild({ severity, symptoms }: Root): boolean {
  return severity !== 'critical' && symptoms.every(isMild);
}

function causesOf({ findings }: Root): readonly FoundBy[] {
  const causes = findings.filter(({ rule }) => !consequences.has(rule));
  return causes.length === 0 ? findings : causes;
}

function besides(matches: readonly KnownMatch[]): readonly string[] {
  const issues = matches.flatMap(({ issue, expired }) => [
    ...(issue === undefined ? [] : [issueText(issue)]),
    ...(expired === undefined ? [] : [expiredText(expired)]),
  ]);
  const runbooks = matches.flatMap((match) => match.runbooks.map(({ name }) => plain(name)));
  return [
    ...new Set(issues.slice(0, mostNamed)),
    ...(runbooks.length === 0 ? [] : [`runbook: ${listed(runbooks, mostNamed)}`]),
  ];
}

function leftNote(left: readonly { readonly root: Root; readonly id: string }[]): readonly string[] {
  if (left.length === 0) return [];
  const told = [...Map.groupBy(left, ({ id }) => id)].map(([id, roots]) => {
    return `${plain(id)}: ${listed(
      roots.map(({ root }) => refText(root.ref)),
      mostNamed,
    )}`;
  });
  return [`known: ${left.length}, not among the rows (${told.slice(0, mostIssues).join('; ')}); known=true shows them`];
}
