import { z } from 'zod';
import { at, dateAt, listAt, textAt } from '../../fields.ts';
import { conditionsOf } from '../../health/verdict.ts';
import type { ClusterObject } from '../../reader.ts';
import { plainText } from '../../words.ts';
import { edit, editShape, editsOf, newEdits } from '../edits.ts';
import type { Fact } from '../entry.ts';
import { defineObserver, type Seen } from '../observer.ts';

const versions = ['kernelVersion', 'kubeletVersion', 'containerRuntimeVersion'] as const;

const state = z.object({
  boot: z.string(),
  versions: z.record(z.string(), z.string()),
  cordoned: z.boolean(),
  /** By type, the condition's status. */
  conditions: z.record(z.string(), z.string()),
  edits: z.array(edit),
});
type NodeState = z.infer<typeof state>;

export const nodes = defineObserver<NodeState>({
  kind: 'Node',
  kindId: 'nodes',
  shape: {
    metadata: editShape,
    spec: { unschedulable: true, taints: { key: true, timeAdded: true } },
    status: {
      conditions: { type: true, status: true, reason: true, message: true, lastTransitionTime: true },
      nodeInfo: Object.fromEntries([...versions, 'bootID'].map((field) => [field, true] as const)),
    },
  },
  state,
  condense(object) {
    const info = at(object.body, 'status', 'nodeInfo');
    const words = (field: string): string => plainText(textAt(info, field) ?? '', /^[\w.:/+-]{0,80}$/);
    return {
      boot: words('bootID'),
      versions: Object.fromEntries(versions.map((field) => [field, words(field)])),
      cordoned: at(object.body, 'spec')?.['unschedulable'] === true,
      conditions: Object.fromEntries(measured(object).map(({ type, status }) => [type, status])),
      edits: editsOf(object),
    };
  },
  *tell(seen) {
    const { object, ref, now, before } = seen;
    const about = { about: ref, root: ref };
    if (before === undefined) yield { ...about, what: 'created', at: object.created, text: 'joined', mark: '' };
    else {
      if (before.boot !== now.boot) {
        yield { ...about, what: 'node-boot', text: 'booted', mark: now.boot, warning: true };
      }
      for (const field of versions) {
        const [old = '', is = ''] = [before.versions[field], now.versions[field]];
        if (old === is) continue;
        const text = `${names[field]} ${old || '?'} → ${is || '?'}`;
        yield { ...about, what: 'node-version', text, mark: `${field} ${is}` };
      }
    }
    yield* cordon(seen);
    yield* transitions(seen);
    yield* newEdits(seen, { what: 'edited', byHandOnly: true });
  },
  *gone({ ref }) {
    yield { what: 'deleted', about: ref, root: ref, text: 'left the cluster', mark: '', warning: true };
  },
});

const names: Readonly<Record<(typeof versions)[number], string>> = {
  kernelVersion: 'kernel',
  kubeletVersion: 'kubelet',
  containerRuntimeVersion: 'container runtime',
};

function measured(object: ClusterObject) {
  return conditionsOf(object).filter(({ type }) => /^[A-Za-z]{1,60}$/.test(type));
}

function* cordon({ object, ref, now, before }: Seen<NodeState>): Generator<Fact> {
  if ((before?.cordoned ?? false) === now.cordoned) return;
  const taint = listAt(at(object.body, 'spec'), 'taints').find(({ key }) => key === 'node.kubernetes.io/unschedulable');
  const text = now.cordoned ? 'cordoned' : 'uncordoned';
  yield {
    what: 'cordon',
    at: now.cordoned ? dateAt(taint, 'timeAdded') : undefined,
    about: ref,
    root: ref,
    warning: now.cordoned,
    text,
    mark: text,
  };
}

/** A node's conditions begin when it joins; what they became later is what happened to it. */
const joiningMs = 60_000;

function* transitions({ object, ref, before }: Seen<NodeState>): Generator<Fact> {
  const joined = (object.created?.getTime() ?? 0) + joiningMs;
  for (const { type, status, message, since } of measured(object)) {
    if (since === undefined || before?.conditions[type] === status) continue;
    if (before === undefined && since.getTime() < joined) continue;
    const good = type === 'Ready' ? status === 'True' : status === 'False';
    yield {
      what: 'node-condition',
      at: since,
      about: ref,
      root: ref,
      warning: !good,
      text: `${type} is ${plainText(status, /^(?:True|False|Unknown)$/)}`,
      mark: `${type} ${status}`,
      detail: good ? undefined : message,
    };
  }
}
