import { ageText, type ClusterReader, type FoundBy, type Root, refText } from '../../src/cluster/index.ts';
import { type Cell, type Coverage, Untrusted } from '../../src/kit/index.ts';
import { lastWordsOf } from './last-words.ts';

export const columns = ['severity', 'object', 'found', 'since', 'detail'];

/** Different things said of one root, and symptoms named, before the rest is counted. */
const mostSaid = 3;

/** Logs cost a request each. */
const mostLogs = 5;

const longestLine = 200;

interface Beside {
  readonly now: Date;
  readonly log: string | undefined;
  /** What is known of it, our words. */
  readonly known: readonly string[];
}

export function rowOf(root: Root, { now, log, known }: Beside): readonly Cell[] {
  const times = root.findings
    .filter(({ severity }) => severity === root.severity)
    .flatMap(({ since }) => since?.getTime() ?? [])
    .filter((time) => !Number.isNaN(time));
  return [
    root.severity,
    refText(root.ref),
    [...saidOf(root.findings), ...symptomsOf(root), ...known].join('; '),
    times.length === 0 ? '' : ageText(now.getTime() - Math.min(...times)),
    detailOf(root, log),
  ];
}

/** What was found, worst first, each sentence once. */
function saidOf(findings: readonly FoundBy[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { summary } of findings) times.set(summary, (times.get(summary) ?? 0) + 1);
  const said = [...times].map(([summary, count]) => (count === 1 ? summary : `${summary} ×${count}`));
  return said.length <= mostSaid ? said : [...said.slice(0, mostSaid), `and ${said.length - mostSaid} more`];
}

function symptomsOf({ ref: cause, symptoms }: Root): readonly string[] {
  if (symptoms.length === 0) return [];
  const named = symptoms.slice(0, mostSaid).map(({ ref, findings }) => {
    const counts = findings.find(({ rule }) => rule === 'replicas-unavailable')?.summary;
    const place = refText(ref.namespace === cause.namespace ? { ...ref, namespace: '' } : ref);
    return `${place}${counts === undefined ? '' : ` (${counts})`}`;
  });
  const more = symptoms.length - named.length;
  return [`and so ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function detailOf({ findings }: Root, log: string | undefined): Cell {
  const detail = findings.find((finding) => finding.detail !== undefined)?.detail;
  if (log === undefined) return detail ?? '';
  const line = `log: ${log.length > longestLine ? `${log.slice(0, longestLine)}…` : log}`;
  return detail === undefined ? new Untrusted(line) : detail.map((text) => `${text} · ${line}`);
}

export interface Logs {
  /** The last words of the failing container of a root. */
  readonly lines: ReadonlyMap<Root, string>;
  readonly missing: NonNullable<Coverage['missing']>;
}

/** Of the worst roots with a failing container. */
export async function readLogs(cluster: ClusterReader, roots: readonly Root[], signal: AbortSignal): Promise<Logs> {
  const failing = roots
    .flatMap((root) => {
      const finding = root.findings.find(({ log }) => log !== undefined);
      return finding === undefined ? [] : [{ root, finding }];
    })
    .slice(0, mostLogs);
  const read = await Promise.all(
    failing.map(async ({ root, finding }) => ({ root, finding, ...(await lastWordsOf(cluster, finding, signal)) })),
  );
  return {
    lines: new Map(read.flatMap(({ root, line }) => (line === undefined ? [] : [[root, line]]))),
    missing: read.flatMap(({ finding: { object }, why }) =>
      why === undefined ? [] : [{ what: `log of pod ${object.namespace}/${object.name}`, why }],
    ),
  };
}
