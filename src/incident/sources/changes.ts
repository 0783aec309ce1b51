import { type Entry, isPastOf, lookNow, type Noted, refText, type What, type WhosePast } from '../../cluster/index.ts';
import { oneLine } from '../../kit/index.ts';
import { commitLine } from './commits.ts';
import { type Line, partOf, reached, type Seen, type SourceDefinition } from './define.ts';
import { opened, type SourceRedactor } from './opened.ts';
import { chronicled } from './past.ts';
import type { SourcePorts } from './ports.ts';
import { subjectOf } from './subject.ts';
import { stamp, toSecond } from './time.ts';

/**
 * What was changed in the window: rollouts, images, scaling, edits past Terraform or Helm, configuration, nodes, by the
 * chronicle and by what the objects still tell; and commits of the infra repository to the stacks that hold them.
 *
 *  target     whose: `deploy/web`, an app, also one that is gone; absent: everybody's
 *  namespace  whose namespace
 */
export const changesSource = ({ cluster, chronicle, repository, redact }: SourcePorts): SourceDefinition => ({
  name: 'changes',
  missing:
    cluster === undefined && repository === undefined
      ? 'neither a cluster nor an infra repository is configured'
      : undefined,
  asks: ({ target, namespace }) => ({
    query: `changes of ${target ?? 'everything'}${namespace === undefined ? '' : `, namespace ${namespace}`}`,
  }),
  async look({ target, namespace, context, window, until, now, limit, signal }) {
    const reader = cluster === undefined ? undefined : (await reached(cluster, 'the cluster')).inContext(context);
    const past = await partOf('the chronicle', async () => chronicle?.(), signal);
    const subject =
      reader === undefined
        ? undefined
        : await subjectOf({ cluster: reader, chronicle: past.value, target, namespace, signal });
    const live = async (): Promise<Pick<Seen, 'lines' | 'unread' | 'truncated'>> => {
      if (reader === undefined || subject === undefined)
        return { lines: [], unread: ['the cluster: it is not configured'] };
      const outside = subject.resolved?.object.namespace === '' && subject.resolved.object.kind !== 'Namespace';
      const meant = subject.roots === undefined ? undefined : [...subject.roots, ...subject.config];
      const [look, kept] = await Promise.all([
        partOf(
          'the objects as they are now',
          () =>
            lookNow({ cluster: reader, namespace: outside ? undefined : subject.namespace, roots: meant, now, signal }),
          signal,
        ),
        chronicled(
          past,
          { context: reader.context, since: window.from, until, now, subject, whats: changeWhats, keptMs: 0 },
          signal,
        ),
      ]);
      const known = new Set(kept.entries.map(({ key }) => key));
      const noted = (look.value?.noted ?? []).filter((one) => !known.has(one.key) && changes.has(one.what));
      const all = [...kept.entries, ...noted].filter(
        ({ at, last, root }) =>
          last >= window.from && at <= until && (meant === undefined || meant.some((asked) => isPastOf(asked, root))),
      );
      const unread = [
        ...look.unread,
        ...(look.value?.unread ?? []).map(({ kindId, why }) => `${kindId}: ${why}`),
        ...kept.unread,
      ];
      return { lines: all.map((one) => lineOf(one, window.from, redact)), unread, truncated: kept.cut };
    };
    const commits = async (): Promise<Pick<Seen, 'lines' | 'unread'>> => {
      if (repository === undefined) return { lines: [], unread: ['the infra repository: it is not configured'] };
      const found = await partOf(
        'the infra repository',
        () => commitsOf(repository, subject, namespace, { from: window.from, to: until, limit, signal }),
        signal,
      );
      return { lines: found.value?.lines ?? [], unread: [...found.unread, ...(found.value?.unread ?? [])] };
    };
    const [a, b] = await Promise.all([live(), commits()]);
    const lines = [...a.lines, ...b.lines].sort(
      (one, other) => (one.row?.at.getTime() ?? 0) - (other.row?.at.getTime() ?? 0),
    );
    return {
      lines,
      notes: subject?.notes ?? [],
      unread: [...(a.unread ?? []), ...(b.unread ?? [])],
      truncated: a.truncated === true,
    };
  },
});

const changeWhats: readonly What[] = [
  'rollout',
  'image',
  'scale',
  'deleted',
  'created',
  'node-boot',
  'node-version',
  'cordon',
  'config-changed',
  'edited',
  'drift',
  'renewed',
];
const changes: ReadonlySet<What> = new Set(changeWhats);

interface Asked {
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Of a subject, the commits of its stacks; where no stack is known to hold it, none, and that is said. */
async function commitsOf(
  repository: NonNullable<SourcePorts['repository']>,
  subject: WhosePast | undefined,
  namespace: string | undefined,
  { from, to, limit, signal }: Asked,
): Promise<{ readonly lines: readonly Line[]; readonly unread: readonly string[] }> {
  const { stale } = await repository.head(signal);
  const where = subject?.namespace ?? namespace;
  const names = [...new Set((subject?.roots ?? []).map(({ name }) => name))];
  const isNarrow = where !== undefined || names.length > 0;
  const held =
    where === undefined
      ? []
      : await Promise.all((names.length === 0 ? [undefined] : names).map((name) => repository.stacksOf(where, name)));
  const own = [...new Set(held.flat())];
  // Whose stack is not known by name may be in one of its namespace's.
  const under = own.length > 0 || where === undefined ? own : [...(await repository.stacksOf(where))];
  const unread = stale === undefined ? [] : [`newer commits: ${stale}`];
  if (isNarrow && under.length === 0) {
    return { lines: [], unread: [...unread, `commits: no stack is known to hold ${where ?? names.join(', ')}`] };
  }
  const commits = await repository.log({ from, to, under, limit }, signal);
  return { lines: commits.map((commit) => commitLine(commit)), unread };
}

function lineOf(one: Entry | Noted, since: Date, redact: SourceRedactor): Line {
  const { what, at, last, notBefore, count, root, text, detail } = one;
  const about = refText(root);
  const said = detail === undefined ? '' : `: ${oneLine(opened(detail, redact), 300)}`;
  const early = at >= since ? at : last;
  const honest = notBefore === undefined ? '' : ` (between ${stamp(notBefore)} and then)`;
  const line = `${stamp(early)} ${about} ${what}: ${text}${said}${honest}${count > 1 ? `, ${count} times until ${stamp(last)}` : ''}`;
  const row = {
    at: toSecond(early) < since ? since : toSecond(early),
    ...(last > early ? { until: last } : {}),
    precision: precisionOf(at, notBefore),
    count,
    about,
    text: oneLine(text, 200),
    quote: line.slice(0, 400),
    change: true,
    ...(one.warning === true ? { warning: true } : {}),
  };
  return { text: line, row };
}

/** It happened somewhere between the two. */
function precisionOf(at: Date, notBefore: Date | undefined): 'second' | 'minute' | 'hour' | 'day' {
  const span = notBefore === undefined ? 0 : at.getTime() - notBefore.getTime();
  return span <= 1_000 ? 'second' : span <= 60_000 ? 'minute' : span <= 3_600_000 ? 'hour' : 'day';
}
