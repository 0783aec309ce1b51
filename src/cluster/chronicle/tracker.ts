import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../kit/index.ts';
import { rootByName } from '../events/name-root.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterObject } from '../reader.ts';
import type { Fact } from './entry.ts';
import { Memory, ownerIn } from './memory.ts';
import type { Known, Observer } from './observer.ts';
import type { StateChange } from './table.ts';

/**
 * What is remembered of one cluster, and what there is to tell whenever an object is seen. Holds one small state an object;
 * those that went stay for a while, for what is still heard about them.
 */
export interface Tracker {
  readonly known: Known;
  /** Everything there is of a kind, after nobody looked for a while. `since`: until when somebody did, if ever. */
  resume(observer: Observer, objects: readonly ClusterObject[], since: Date | undefined): Told;
  see(observer: Observer, object: ClusterObject): Told;
  lose(observer: Observer, object: ClusterObject): Told;
}

export interface Told {
  readonly facts: readonly Fact[];
  readonly states: readonly StateChange[];
}

/** Kinds that stand between a pod and what made it. */
const ownedKinds: Readonly<Record<string, string>> = {
  Pod: 'pods',
  ReplicaSet: 'replicasets.apps',
  Job: 'jobs.batch',
};
const longestChain = 5;

export function createTracker(states: readonly StateChange[]): Tracker {
  const memory = new Memory();
  for (const { kind, namespace, name, state } of states) {
    if (state !== undefined) memory.remember(kind, { namespace, name }, state);
  }

  const known: Known = {
    ownedBy: (kind, owner) => memory.ownedBy(kind, owner),
    rootOf(ref) {
      let here = ref;
      for (let steps = 0; steps < longestChain; steps += 1) {
        const kind = ownedKinds[here.kind];
        const remembered = kind === undefined ? undefined : memory.find(kind, here);
        if (remembered === undefined) return rootByName(here);
        const owner = ownerIn(remembered.state);
        if (owner === undefined) return here;
        here = { group: '', namespace: ref.namespace, ...owner };
      }
      return here;
    },
  };

  const loseRef = (observer: Observer, ref: ObjectRef): Told => {
    const { kindId } = observer;
    const { namespace, name } = ref;
    const remembered = memory.find(kindId, ref);
    if (remembered === undefined || remembered.gone) return { facts: [], states: [] };
    const facts = observer.gone(ref, remembered.state, known);
    memory.bury(kindId, ref);
    return { facts, states: [{ kind: kindId, namespace, name, state: undefined }] };
  };

  /** What of these is new or has changed. All are remembered before any is asked: what one tells may depend on others. */
  const changed = (observer: Observer, objects: readonly ClusterObject[]): readonly Changed[] =>
    objects
      .flatMap((object) => {
        const state = plain(observer.condense(object));
        const former = memory.find(observer.kindId, object);
        if (state === undefined) return [];
        const before = former?.gone === false ? former.state : undefined;
        if (before !== undefined && isDeepStrictEqual(before, state)) return [];
        const another = before !== undefined && before['created'] !== state['created'];
        const lost = another ? loseRef(observer, { ...object, kind: observer.kind }).facts : [];
        memory.remember(observer.kindId, object, state);
        return [{ object, state, before: another ? undefined : before, lost }];
      })
      .map((one) => ({ ...one, facts: observer.tell(one.object, one.before, known) }));

  const statesOf = (observer: Observer, all: readonly Changed[]): readonly StateChange[] =>
    all.map(({ object: { namespace, name }, state }) => ({ kind: observer.kindId, namespace, name, state }));

  return {
    known,
    see(observer, object) {
      const all = changed(observer, [object]);
      return { facts: all.flatMap(({ lost, facts }) => [...lost, ...facts]), states: statesOf(observer, all) };
    },
    lose(observer, object) {
      const last = changed(observer, [object]).flatMap(({ facts }) => facts);
      const { facts, states: gone } = loseRef(observer, { ...object, kind: observer.kind });
      return { facts: [...last, ...facts], states: gone };
    },
    resume(observer, objects, since) {
      const all = changed(observer, objects);
      const present = new Set(objects.map(({ namespace, name }) => `${namespace}/${name}`));
      const lost = memory
        .present(observer.kindId)
        .filter(({ namespace, name }) => !present.has(`${namespace}/${name}`))
        .map((ref) => loseRef(observer, { group: '', kind: observer.kind, ...ref }));
      return {
        facts: [
          ...all.flatMap((one) => [...one.lost, ...one.facts.filter((fact) => isOfNow(fact, one.before, since))]),
          ...lost.flatMap(({ facts }) => facts),
        ],
        states: [...statesOf(observer, all), ...lost.flatMap(({ states: gone }) => gone)],
      };
    },
  };
}

interface Changed {
  readonly object: ClusterObject;
  readonly state: JsonObject;
  readonly before: JsonObject | undefined;
  /** Of another object that had the name before. */
  readonly lost: readonly Fact[];
  readonly facts: readonly Fact[];
}

/** Of what was not known before, only what has its time is told: the rest may be of any age. */
function isOfNow({ what, at }: Fact, before: JsonObject | undefined, since: Date | undefined): boolean {
  if (what === 'created') return at !== undefined && since !== undefined && at > since;
  return before !== undefined || at !== undefined;
}

/** As it comes back from the database: without what is undefined. */
function plain(state: JsonObject | undefined): JsonObject | undefined {
  return state === undefined ? undefined : JSON.parse(JSON.stringify(state));
}
