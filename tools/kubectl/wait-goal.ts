import {
  type ClusterObject,
  counted,
  type Look,
  lookForCompletion,
  lookForCondition,
  lookForReplicas,
  lookForRollout,
  lookHopeless,
  lookMet,
  lookWaiting,
  valuesAt,
} from '../../src/cluster/index.ts';
import { kubectlError } from './errors.ts';

/** What is waited for, and how an object is looked at for it. */
export interface Goal {
  /** The top-level field of the object it is about, beside metadata, spec and status. */
  readonly field?: string;
  /** Met when the object is gone; otherwise that ends the waiting. */
  readonly isDeletion: boolean;
  /** Pods that cannot start keep it from being met. */
  readonly needsPods: boolean;
  look(object: ClusterObject): Look;
}

const forms =
  'available, ready, complete, rollout, deleted, condition=Type, condition=Type=False, or a path: status.phase=Running';

/** Throws `arguments-conflict` for a word that is no goal. */
export function parseGoal(asked: string): Goal {
  const word = asked.trim();
  const named = goals.get(word.toLowerCase());
  if (named !== undefined) return named;
  const [, type, status = 'True'] = /^condition=([\w./-]{1,120})(?:=(\w{1,40}))?$/i.exec(word) ?? [];
  if (type !== undefined) {
    return { isDeletion: false, needsPods: false, look: (object) => lookForCondition(object, type, status) };
  }
  const [, path, value] = /^(?:jsonpath=)?\{?\.?([A-Za-z][\w./~:[\]-]{0,200}?)\}?(?:==?(.{1,200}))?$/.exec(word) ?? [];
  if (path?.includes('.') === true) return pathGoal(path, value);
  throw kubectlError('arguments-conflict', {
    message: 'kubectl_wait was not run: `for` is nothing that can be waited for',
    next: `give one of: ${forms}`,
  });
}

const goals = new Map<string, Goal>([
  [
    'available',
    running((object) => lookForReplicas(object, 'available') ?? lookForCondition(object, 'Available', 'True')),
  ],
  ['ready', running((object) => lookForReplicas(object, 'ready') ?? lookForReady(object))],
  ['complete', running(lookForCompletion)],
  ['rollout', running((object) => lookForRollout(object) ?? lookHopeless(`a ${object.kind} has no rollout`))],
  ['deleted', { isDeletion: true, needsPods: false, look: lookForDeletion }],
]);

function running(look: Goal['look']): Goal {
  return { isDeletion: false, needsPods: true, look };
}

/** A pod that has ended is never ready again. */
function lookForReady(object: ClusterObject): Look {
  const [phase] = object.kind === 'Pod' ? valuesAt(object.body, 'status.phase') : [];
  if (phase === 'Succeeded' || phase === 'Failed') return lookHopeless('it has ended, so it will not be ready');
  return lookForCondition(object, 'Ready', 'True');
}

function lookForDeletion({ body }: ClusterObject): Look {
  if (valuesAt(body, 'metadata.deletionTimestamp').length === 0) return lookWaiting('nobody has deleted it');
  const held = valuesAt(body, 'metadata.finalizers');
  const by = held.length === 0 ? '' : `, held by ${counted(held.length, 'finalizer')}`;
  return lookWaiting(`it is being deleted${by}`, held.map(String).join(', '));
}

/** Compared as it is shown: what is withheld equals nothing anybody could ask for. */
function pathGoal(path: string, value: string | undefined): Goal {
  const [field = ''] = path.split(/[.[]/);
  const wanted = value?.replace(/^(["'])(.*)\1$/, '$2');
  return {
    field,
    isDeletion: false,
    needsPods: false,
    look({ body }) {
      const values = valuesAt(body, path).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      if (values.length === 0) return lookWaiting(`it has nothing at ${path} yet`);
      if (wanted === undefined) return lookMet(`it has ${path}`);
      if (values.every((one) => one === wanted)) return lookMet(`${path} is as wanted`);
      return lookWaiting(`${path} is not as wanted`, `${path}: ${values.join(', ')}`);
    },
  };
}
