import { conditionsOf, describeObject, healthOf, refText, resolveTarget } from '../../cluster/index.ts';
import { CastellanError, oneLine } from '../../kit/index.ts';
import { invalid, type Line, reached, type SourceDefinition } from './define.ts';
import { opened } from './opened.ts';
import type { SourcePorts } from './ports.ts';
import { stamp, toSecond } from './time.ts';

/**
 * One object as it is now, described: findings, conditions, containers and how they ended, events, last log lines, neighbours.
 * Rows are the moments that it tells of itself, from the window on.
 *
 *  target     what kubectl_describe takes: `deploy/web`, `node/node-1`, an app; absent: the namespace
 *  namespace  where the target is
 *  context    another cluster that castellan.yaml allows
 *
 * An object named with its kind that is not there is an empty answer: it was looked for.
 */
export const kubernetesSource = ({ cluster, chronicle, redact }: SourcePorts): SourceDefinition => ({
  name: 'kubernetes',
  missing: cluster === undefined ? 'no cluster is configured' : undefined,
  asks({ target, namespace }) {
    if (target === undefined && namespace === undefined)
      throw invalid('it is not said what to look at', 'give target, or a namespace');
    return {
      query: `describe ${target ?? `namespace ${namespace}`}${target === undefined || namespace === undefined ? '' : `, namespace ${namespace}`}`,
    };
  },
  async look({ target, namespace, context, window, now, signal }) {
    const reader = (await reached(cluster, 'the cluster')).inContext(context);
    const asked = target ?? `namespace/${namespace}`;
    try {
      const { kind, object, said } = await resolveTarget({
        cluster: reader,
        target: asked,
        namespace: target === undefined ? undefined : namespace,
        signal,
      });
      const past = (await chronicle?.()) ?? noChronicle;
      const { state, sections, missing } = await describeObject({
        cluster: reader,
        kind,
        object,
        chronicle: past,
        now,
        signal,
      });
      const about = refText(object);
      const { status } = healthOf(object).judge(object, now);
      const at = toSecond(now);
      const head = `${stamp(at)} ${oneLine(state, 500)}`;
      const stateRow = {
        at,
        precision: 'second' as const,
        about,
        text: oneLine(state, 200),
        quote: head,
        warning: status === 'problem',
      };
      const lines: Line[] = [
        { text: head, row: stateRow },
        ...(object.created === undefined ? [] : [momentLine(object.created, about, 'was created', { change: true })]),
        ...conditionsOf(object).flatMap(({ type, status: is, reason, since }) =>
          since === undefined
            ? []
            : [
                momentLine(
                  since,
                  about,
                  oneLine(`${type} became ${is}${reason === undefined ? '' : ` (${reason})`}`, 150),
                  {},
                ),
              ],
        ),
        ...sections.flatMap(({ title, lines: inside }) => [
          { text: `${title}:` },
          ...inside.map((line) => ({ text: `  ${opened(line, redact)}` })),
        ]),
      ];
      return {
        lines,
        notes: said === undefined ? [] : [said],
        unread: missing.map(({ what, why }) => `${what}: ${why}`),
        from: window.from,
        to: now,
      };
    } catch (error) {
      const isAbsent = error instanceof CastellanError && error.code === 'target-not-found' && asked.includes('/');
      if (!isAbsent) throw error;
      return { lines: [], notes: [`${stamp(now)} ${error.message}`], from: toSecond(now), to: now };
    }
  },
});

function momentLine(at: Date, about: string, words: string, more: { readonly change?: boolean }): Line {
  const text = `${stamp(at)} ${about} ${words}`;
  return { text, row: { at, precision: 'second', about, text: words, quote: text, ...more } };
}

/** What describes an object then says that it could not see the past. */
const noChronicle = {
  read: () =>
    Promise.reject(
      new CastellanError('store-unavailable', 'operator', { message: 'there is no chronicle', next: 'none' }),
    ),
  rootOf: (_: string, ref: Parameters<typeof refText>[0]) => ref,
};
