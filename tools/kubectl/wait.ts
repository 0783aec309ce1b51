import { z } from 'zod';
import {
  type ClusterObject,
  describeCall,
  healthOf,
  type Look,
  lookHopeless,
  lookMet,
  refText,
  resolveTarget,
  type Waited,
  waitFor,
} from '../../src/cluster/index.ts';
import { type Answer, CastellanError, text, toolsFor, type Untrusted } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import type { KubectlPorts } from './port.ts';
import { parseGoal } from './wait-goal.ts';

const { defineTool } = toolsFor<KubectlPorts>();

/** The tool itself is stopped after 45 s: what was waited for must be told before. */
const longestSeconds = 42;

const input = z.strictObject({
  target: fields.target,
  for: z.string().max(400).describe('rollout, ready, available, complete, deleted, condition=Type, path=value'),
  namespace: fields.namespace,
  seconds: z
    .number()
    .refine((seconds) => seconds >= 1 && seconds <= 45, 'not 1 to 45')
    .optional()
    .describe('default 30, at most 45'),
  context: fields.context,
  budget: fields.budget,
});

/** Steps of the way that are told. */
const mostSteps = 12;
const mostPods = 3;

export const wait = defineTool({
  name: 'kubectl_wait',
  title: 'Wait for an object',
  description:
    'Waits up to 45 s until a rollout, condition, deletion or value is there; ends early when it cannot come (image pull ' +
    'fails, crash loop, deadline exceeded). Use instead of polling or kubectl wait.',
  effect: 'read',
  searchHint: 'k8s kubernetes rollout status until ready condition watch',
  input,
  async run({ target, for: wanted, namespace, seconds: asked = 30, context }, { ports, signal, now, progress }) {
    const goal = parseGoal(wanted);
    const cluster = ports.cluster.inContext(context);
    const started = performance.now();
    const found = await resolveTarget({ cluster, target, namespace, signal }).catch((error: unknown) => {
      if (goal.isDeletion && error instanceof CastellanError && error.code === 'target-not-found') return error;
      throw error;
    });
    if (found instanceof CastellanError) {
      return text({
        asOf: now(),
        coverage: { covered: `what there is now, context ${cluster.context}` },
        headline: `met: there is no such object now; whether there ever was is not known (${found.message})`,
        blocks: [],
        notes: [found.next],
      });
    }
    const { kind, object, said } = found;
    const left = longestSeconds - (performance.now() - started) / 1_000;
    const seconds = Math.max(1, Math.min(asked, left));
    const what = refText(object);
    const steps: (string | Untrusted)[] = [];
    const waited = await waitFor({
      cluster,
      kind,
      object,
      ...(goal.field === undefined ? {} : { shape: { [goal.field]: true } }),
      look: goal.look,
      needsPods: goal.needsPods,
      whenGone: goal.isDeletion ? lookMet('it is gone') : lookHopeless('it was deleted while it was waited for'),
      seconds,
      signal,
      onLook: (look, afterMs) => {
        if (steps.length < mostSteps * 2) steps.push(...stepOf(look, afterMs));
        progress(`${what}: ${look.says}`, Math.round(afterMs / 1_000), seconds);
      },
    });
    return answerOf({ waited, steps, object, said, now: now(), context: cluster.context });
  },
});

function stepOf({ says, detail }: Look, afterMs: number): readonly (string | Untrusted)[] {
  return [`+${secondsText(afterMs)} ${says}`, ...(detail === undefined ? [] : [detail])];
}

function secondsText(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}

interface Ended {
  readonly waited: Waited;
  readonly steps: readonly (string | Untrusted)[];
  readonly object: ClusterObject;
  readonly said: string | undefined;
  readonly now: Date;
  readonly context: string;
}

function answerOf({ waited, steps, object, said, now, context }: Ended): Answer {
  const { look, afterMs, unread } = waited;
  const after = secondsText(afterMs);
  const ends = {
    met: `met after ${after}`,
    hopeless: `will NOT be met as things stand, seen after ${after}`,
    waiting: `NOT met within ${after}`,
  } as const;
  return text({
    asOf: now,
    coverage: {
      covered: `${refText(object)} for ${after}, context ${context}`,
      missing: unread,
    },
    headline: [...(said === undefined ? [] : [said]), `${ends[look.state]}: ${refText(object)}: ${look.says}`].join(
      '; ',
    ),
    blocks: [...steps, ...(look.state === 'met' ? [] : podLines(waited.pods, now))],
    keep: 'end',
    notes: look.state === 'met' ? [] : [`next: ${describeCall(object)}`],
  });
}

/** The pods that are not as they should be. */
function podLines(pods: readonly ClusterObject[], now: Date): readonly (string | Untrusted)[] {
  const bad = pods.flatMap((pod) => {
    const verdict = podHealth.judge(pod, now);
    return verdict.status === 'ok' ? [] : [{ pod, verdict }];
  });
  const lines = bad
    .slice(0, mostPods)
    .flatMap(({ pod, verdict: { summary, detail } }) => [
      `pod ${pod.name}: ${summary}`,
      ...(detail === undefined ? [] : [detail]),
    ]);
  return bad.length > mostPods ? [...lines, `and ${bad.length - mostPods} more pods`] : lines;
}

const podHealth = healthOf({ group: '', kind: 'Pod' });
