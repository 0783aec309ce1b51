import { z } from 'zod';
import { at, dateAt, latest, numberAt, textAt } from '../../fields.ts';
import { conditionsOf, knownReason } from '../../health/verdict.ts';
import { type ObjectRef, ownerOf } from '../../owner.ts';
import { containersOf, deathOf } from '../../pod/containers.ts';
import type { ClusterObject } from '../../reader.ts';
import type { Shape } from '../../shape.ts';
import { nameText, plainText } from '../../words.ts';
import type { Fact } from '../entry.ts';
import { defineObserver, type Known, type Seen } from '../observer.ts';
import { imageText } from '../template-words.ts';

const ran = z.object({
  /** How often it has ended, the present end included. */
  ends: z.number(),
  /** When it last ended, as the kubelet writes it; empty: never. */
  ended: z.string(),
  image: z.string(),
  /** `sha256:…`, shortened; empty: not told yet. */
  digest: z.string(),
});
const state = z.object({
  owner: z.object({ kind: z.string(), name: z.string() }).nullable(),
  created: z.string(),
  node: z.string(),
  phase: z.string(),
  disrupted: z.string(),
  containers: z.record(z.string(), ran),
});
type PodState = z.infer<typeof state>;

const container: Shape = { name: true, image: true, restartPolicy: true, resources: { limits: { memory: true } } };
const status: Shape = { name: true, image: true, imageID: true, restartCount: true, state: true, lastState: true };

export const pods = defineObserver<PodState>({
  kind: 'Pod',
  kindId: 'pods',
  shape: {
    spec: { nodeName: true, containers: container, initContainers: container },
    status: {
      phase: true,
      reason: true,
      message: true,
      conditions: { type: true, status: true, reason: true, message: true, lastTransitionTime: true },
      containerStatuses: status,
      initContainerStatuses: status,
    },
  },
  state,
  condense(object) {
    const owner = ownerOf(object);
    const containers = containersOf(object).map(({ name, status: told, restarts }) => {
      const ends = restarts + (at(told, 'state', 'terminated') === undefined ? 0 : 1);
      const ended = endsOf(told).at(-1)?.finished ?? '';
      const [, digest = ''] = /(sha256:[0-9a-f]{12})/.exec(textAt(told, 'imageID') ?? '') ?? [];
      return [name, { ends, ended, image: imageText(textAt(told, 'image')), digest }] as const;
    });
    return {
      owner: owner === undefined || owner.kind === 'Node' ? null : { kind: owner.kind, name: owner.name },
      node: nameText(at(object.body, 'spec')?.['nodeName'] ?? ''),
      phase: plainText(textAt(at(object.body, 'status'), 'phase'), /^[A-Za-z]{1,20}$/),
      disrupted: disruptionOf(object)?.text ?? '',
      containers: Object.fromEntries(containers),
    };
  },
  *tell(seen) {
    yield* deaths(seen);
    yield* disruptions(seen);
    yield* newDigests(seen);
  },
  *gone({ ref, before, known }) {
    if (before.phase === 'Succeeded') return;
    const text = `pod deleted${before.node === '?' ? '' : ` (it ran on ${before.node})`}`;
    yield { what: 'deleted', about: ref, root: known.rootOf(ref), text, mark: '' };
  },
});

interface End {
  readonly finished: string;
  readonly terminated: NonNullable<ReturnType<typeof at>>;
}

/** What the status still tells of a container's ends, oldest first. */
function endsOf(told: Parameters<typeof at>[0]): readonly End[] {
  return [at(told, 'lastState', 'terminated'), at(told, 'state', 'terminated')].flatMap((terminated) => {
    const finished = textAt(terminated, 'finishedAt');
    return terminated === undefined || finished === undefined ? [] : [{ finished, terminated }];
  });
}

function* deaths({ object, ref, now, before, known }: Seen<PodState>): Generator<Fact> {
  const containers = containersOf(object);
  for (const one of containers) {
    const earlier = before?.containers[one.name];
    const told = endsOf(one.status).filter(({ finished }) => finished > (earlier?.ended ?? ''));
    const ends = (now.containers[one.name]?.ends ?? 0) - (earlier?.ends ?? 0);
    for (const [index, { finished, terminated }] of told.entries()) {
      if (numberAt(terminated, 'exitCode') === 0 && textAt(terminated, 'reason') !== 'OOMKilled') continue;
      const killed = textAt(terminated, 'reason') === 'OOMKilled';
      const death = deathOf(one, terminated);
      yield {
        what: killed ? 'oom' : 'restart',
        at: new Date(finished),
        about: ref,
        root: known.rootOf(ref),
        warning: true,
        text: `${containers.length > 1 ? `container ${nameText(one.name)}: ` : ''}${killed ? death : `ended, ${death}`}`,
        mark: `${nameText(one.name)} ${death}`,
        // Ends between two looks leave no trace of their own; they are counted with the first that does.
        count: earlier === undefined || index > 0 ? 1 : Math.max(1, ends - told.length + 1),
        ...(textAt(terminated, 'message') === undefined ? {} : { detail: textAt(terminated, 'message') }),
      };
    }
  }
}

/** Why the cluster itself ended a pod, by the condition that says so. */
const endings: Readonly<Record<string, string>> = {
  EvictionByEvictionAPI: 'evicted through the API, as a drain does',
  DeletionByTaintManager: 'evicted: its node has a taint it does not tolerate',
  DeletionByPodGC: 'deleted: its node is gone',
  PreemptionByScheduler: 'preempted by a pod of higher priority',
  TerminationByKubelet: 'ended by its node',
};

interface Disruption {
  readonly text: string;
  readonly at: Date | undefined;
  readonly detail: string | undefined;
}

function disruptionOf(object: ClusterObject): Disruption | undefined {
  const told = at(object.body, 'status');
  const conditions = conditionsOf(object);
  const target = conditions.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  const evicted = knownReason(textAt(told, 'reason')) === 'Evicted';
  if (!evicted && target === undefined) return undefined;
  const times = [...conditions.map(({ since }) => since), object.created].filter((time) => time !== undefined);
  return {
    text: evicted ? 'evicted by its node' : (endings[target?.reason ?? ''] ?? 'ended by the cluster'),
    at: target?.since ?? latest(...times),
    detail: (evicted ? textAt(told, 'message') : undefined) ?? target?.message,
  };
}

function* disruptions({ object, ref, now, before, known }: Seen<PodState>): Generator<Fact> {
  const disruption = disruptionOf(object);
  if (disruption === undefined || before?.disrupted === now.disrupted) return;
  const { text, detail, at: since } = disruption;
  yield { what: 'evicted', at: since, about: ref, root: known.rootOf(ref), warning: true, text, mark: text, detail };
}

/** The same reference, another image: what a tag like `latest` hides. */
function* newDigests({ object, ref, now, before, known }: Seen<PodState>): Generator<Fact> {
  const root = known.rootOf(ref);
  for (const one of containersOf(object)) {
    const ran = now.containers[one.name];
    const earlier = before?.containers[one.name];
    if (ran === undefined || ran.digest === '' || earlier?.digest === ran.digest) continue;
    const inPlace = earlier?.image === ran.image ? earlier.digest : '';
    const former = inPlace || formerDigest(known, { ref, root, now, container: one.name });
    if (former === undefined || former === ran.digest) continue;
    yield {
      what: 'image',
      at: dateAt(at(one.status, 'state', 'running'), 'startedAt'),
      about: ref,
      root,
      text: `${ran.image} is now ${ran.digest}, was ${former}`,
      mark: `${one.name} ${ran.digest}`,
    };
  }
}

interface Ran {
  readonly ref: ObjectRef;
  readonly root: ObjectRef;
  readonly now: PodState;
  readonly container: string;
}

/** What the pod before this one, of the same workload, ran under the same reference. */
function formerDigest(known: Known, { ref, root, now, container: name }: Ran): string | undefined {
  const ranSame = ({ containers }: PodState): boolean => {
    const other = containers[name];
    return other !== undefined && other.digest !== '' && other.image === now.containers[name]?.image;
  };
  const makers = Object.entries({ ReplicaSet: 'replicasets.apps', Job: 'jobs.batch' }).flatMap(([kind, kindId]) =>
    known.ownedBy(kindId, root).map((made) => ({ ...root, kind, name: made.name })),
  );
  const others = [root, ...makers]
    .flatMap((maker) => known.ownedBy('pods', maker))
    .filter((other) => other.name !== ref.name)
    .flatMap((other) => state.safeParse(other.state).data ?? [])
    .filter((other) => other.created < now.created && ranSame(other))
    .sort((a, b) => (a.created < b.created ? 1 : -1));
  return others[0]?.containers[name]?.digest;
}
