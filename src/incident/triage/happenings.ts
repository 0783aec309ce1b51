import { type Chronicle, type Entry, refText, type What, whats } from '../../cluster/index.ts';
import type { Untrusted } from '../../kit/index.ts';
import type { InfraRepository } from '../sources/port.ts';
import type { SnapshotHappening, TriageSnapshot } from './port.ts';

export type ChronicleReader = Pick<Chronicle, 'read'>;

export interface Happened {
  readonly happenings: readonly SnapshotHappening[];
  readonly unread: TriageSnapshot['unread'];
}

export interface ChronicleAsked {
  readonly context: string;
  readonly since: Date;
  /** How far back changes are looked for that may have lain hidden. */
  readonly latent: Date;
  readonly until: Date;
  rootOf(text: string): string;
  readonly textOf: ((words: Untrusted) => string) | undefined;
}

/** Something was changed there; a run of a job, an event or a death is none. */
const changeWhats: ReadonlySet<What> = new Set<What>([
  'rollout',
  'image',
  'scale',
  'created',
  'deleted',
  'node-boot',
  'node-version',
  'cordon',
  'config-changed',
  'edited',
  'drift',
  'renewed',
]);
/** What a controller does all day is no change that somebody made. */
const podDeleted = /^Pod /;
const mostOfWindow = 400;
const mostLatent = 200;

export async function readChronicle(chronicle: ChronicleReader, asked: ChronicleAsked): Promise<Happened> {
  const { context, since, latent, until } = asked;
  const [near, far] = await Promise.all([
    chronicle.read({ context, since, until, whats }),
    chronicle.read({ context, since: latent, until: since, whats: whats.filter((what) => changeWhats.has(what)) }),
  ]);
  const told = near.entries.map((entry) => happeningOf(entry, asked));
  const kept = told.filter(({ warning, change }) => warning || change);
  const older = lastOfEach(far.entries.map((entry) => happeningOf(entry, asked)).filter(({ change }) => change));
  const gaps = near.gaps.map(({ from, to, kinds, why }) => ({
    what: 'chronicle',
    why: `${kinds.join(', ')} were not followed from ${from.toISOString()} to ${to.toISOString()}: ${why}`,
  }));
  const unread = [
    ...(near.begins === undefined || near.begins > since
      ? [
          {
            what: 'chronicle',
            why: near.begins === undefined ? 'it has not begun' : `it begins at ${near.begins.toISOString()}`,
          },
        ]
      : []),
    ...gaps.slice(0, 5),
    ...near.unfollowed.map(({ kindId, why }) => ({ what: `chronicle of ${kindId}`, why })),
    ...(near.cut ? [{ what: 'chronicle', why: 'there was more in the window than is read' }] : []),
    ...(kept.length > mostOfWindow
      ? [{ what: 'chronicle', why: `${kept.length - mostOfWindow} older rows of the window are left out` }]
      : []),
  ];
  return { happenings: [...kept.slice(0, mostOfWindow), ...older.slice(0, mostLatent)], unread };
}

function happeningOf(entry: Entry, { rootOf, textOf }: ChronicleAsked): SnapshotHappening {
  const { what, at, last, root, about, text, detail, warning = false, count = 1 } = entry;
  const isChange = changeWhats.has(what) && !(what === 'deleted' && podDeleted.test(refText(about)));
  return {
    at: at.toISOString(),
    until: last > at ? last.toISOString() : null,
    what,
    object: rootOf(refText(root)),
    text,
    detail: detail === undefined || textOf === undefined ? null : textOf(detail).slice(0, 200),
    warning: warning && !(isChange && what === 'deleted'),
    change: isChange,
    by: null,
    count,
  };
}

/** Newest first comes in, and the newest of each object and kind of change stays. */
function lastOfEach(happenings: readonly SnapshotHappening[]): readonly SnapshotHappening[] {
  const last = new Map<string, SnapshotHappening>();
  for (const one of happenings) {
    const key = `${one.object} ${one.what}`;
    if (!last.has(key)) last.set(key, one);
  }
  return [...last.values()];
}

/** Commits to the stacks of these namespaces, each told of the namespace. */
export async function readCommits(
  repository: Pick<InfraRepository, 'head' | 'log' | 'stacksOf'>,
  namespaces: readonly string[],
  { from, to }: { readonly from: Date; readonly to: Date },
  signal: AbortSignal,
): Promise<Happened> {
  const { stale } = await repository.head(signal);
  const happenings: SnapshotHappening[] = [];
  const unmapped: string[] = [];
  for (const namespace of namespaces) {
    const under = await repository.stacksOf(namespace);
    if (under.length === 0) {
      unmapped.push(namespace);
      continue;
    }
    for (const { id, at, author, subject, paths } of await repository.log({ from, to, under, limit: 20 }, signal)) {
      happenings.push({
        at: at.toISOString(),
        until: null,
        what: 'commit',
        object: `Namespace ${namespace}`,
        text: `commit ${id.slice(0, 10)} to ${under.slice(0, 2).join(', ')}, ${paths.length} files`,
        detail: subject.slice(0, 200),
        warning: false,
        change: true,
        by: author.slice(0, 100),
        count: 1,
      });
    }
  }
  return {
    happenings,
    unread: [
      ...(stale === undefined ? [] : [{ what: 'infra repository', why: `it may be older than it seems: ${stale}` }]),
      ...(unmapped.length === 0
        ? []
        : [{ what: 'stacks', why: `none was found for namespace ${unmapped.join(', ')}` }]),
    ],
  };
}
