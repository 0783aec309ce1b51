import type { Chronicle, Entry, What, WhosePast } from '../../cluster/index.ts';
import { partOf } from './define.ts';
import { stamp } from './time.ts';

export interface Chronicled {
  readonly entries: readonly Entry[];
  readonly unread: readonly string[];
  readonly cut: boolean;
}

export interface PastRequest {
  readonly context: string;
  readonly since: Date;
  readonly until: Date;
  readonly now: Date;
  readonly subject: WhosePast;
  readonly whats: readonly What[];
  /** For this long the API server itself still tells what the chronicle would. */
  readonly keptMs: number;
}

/** What the chronicle has of a window, and what it did not see of it: that is no silence. */
export async function chronicled(
  {
    value: chronicle,
    unread,
  }: { readonly value: Pick<Chronicle, 'read'> | undefined; readonly unread: readonly string[] },
  { context, since, until, now, subject, whats, keptMs }: PastRequest,
  signal: AbortSignal,
): Promise<Chronicled> {
  const kept = new Date(now.getTime() - keptMs);
  if (chronicle === undefined) {
    const why = unread.length > 0 ? unread : ['what the cluster has forgotten: there is no chronicle'];
    return { entries: [], unread: since < kept || unread.length > 0 ? why : [], cut: false };
  }
  const roots = subject.roots === undefined ? undefined : [...subject.roots, ...subject.config];
  const read = await partOf(
    'the chronicle',
    () => chronicle.read({ context, since, until, whats, namespace: subject.namespace, roots }),
    signal,
  );
  if (read.value === undefined) return { entries: [], unread: read.unread, cut: false };
  const { entries, begins, gaps, unfollowed, cut } = read.value;
  const early = since < kept && (begins === undefined || begins > since);
  return {
    entries,
    cut,
    unread: [
      ...(early ? [`before ${begins === undefined ? 'now' : stamp(begins)}: the chronicle begins there`] : []),
      ...gaps
        .filter(({ to }) => to > since)
        .map(({ from, to, why }) => `the chronicle from ${stamp(from)} to ${stamp(to)}: ${why}`),
      ...unfollowed.map(({ kindId, why }) => `the chronicle of ${kindId}: ${why}`),
    ],
  };
}
