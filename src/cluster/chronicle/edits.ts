import { z } from 'zod';
import { at, listAt, textAt } from '../fields.ts';
import { managedBy } from '../managed-by.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import { plainText } from '../words.ts';
import type { Fact } from './entry.ts';
import type { Seen } from './observer.ts';

/**
 * Who wrote an object when, by its managed fields: each writer's last time. Told apart by who is meant to write it:
 *
 *  machinery  parts of the cluster, which write all the time
 *  declarer   what makes objects from a declaration: Terraform, Helm, Flux, Argo CD, a server-side apply
 *  by hand    a person with a tool: kubectl edit, patch, set, scale …, a dashboard
 *  past       a write by anybody else to an object that a declarer owns, and so drift: its next run takes it back
 */
export const editShape: Shape = {
  labels: true,
  annotations: {
    'meta.helm.sh/release-name': true,
    'argocd.argoproj.io/tracking-id': true,
  },
  managedFields: { manager: true, operation: true, time: true, subresource: true },
};

export const edit = z.object({ by: z.string(), how: z.string(), at: z.string() });
export type Edit = z.infer<typeof edit>;

const machinery =
  /^(?:kube-|kubelet|kubeadm|k3s|k0s|rke2|cloud-controller|kwok|cluster-autoscaler|vpa-|metrics-server|csi-|attachdetach)/;
const declarers = /terraform|opentofu|hashicorp|helm|argocd|kustomize|flux|pulumi|ansible|crossplane/i;
const dashboards =
  /^(?:k9s|k9|(?:open|free)?lens|headlamp|mozilla|node-fetch|dashboard|rancher|octant|portainer|curl)/i;

/** The newest of each writer; those of the machinery and of statuses are left out. */
export function editsOf({ body }: ClusterObject): Edit[] {
  const newest = new Map<string, Edit>();
  for (const field of listAt(at(body, 'metadata'), 'managedFields')) {
    const [by, how, time] = [textAt(field, 'manager'), textAt(field, 'operation'), textAt(field, 'time')];
    if (by === undefined || time === undefined || Number.isNaN(Date.parse(time))) continue;
    if (machinery.test(by) || textAt(field, 'subresource') === 'status') continue;
    const one = {
      by: plainText(by, /^[\w.:/@-]{1,63}$/),
      how: how === 'Apply' ? 'Apply' : 'Update',
      at: time,
    };
    const other = newest.get(`${one.by} ${one.how}`);
    if (other === undefined || other.at < one.at) newest.set(`${one.by} ${one.how}`, one);
  }
  return [...newest.values()];
}

export function isByHand({ by, how }: Edit): boolean {
  return (how === 'Update' && /^kubectl(?:$|-(?!create|run|expose))/.test(by)) || dashboards.test(by);
}

/** Who owns what the object is, if that is somebody else than who wrote this. */
export function pastWhom(one: Edit, object: ClusterObject): string | undefined {
  if (one.how === 'Apply' || declarers.test(one.by)) return undefined;
  return managedBy(object, []);
}

/** The writer that made an object has a time, too; all times are whole seconds. */
const makingMs = 1_000;

export interface EditWords {
  readonly what: Fact['what'];
  /** Only what a person did is worth telling: others write this kind all the time. */
  readonly byHandOnly?: boolean;
}

/** Writes that were not known before. */
export function* newEdits(
  { object, ref, now, before }: Pick<Seen<{ readonly edits: readonly Edit[] }>, 'object' | 'ref' | 'now' | 'before'>,
  { what, byHandOnly = false }: EditWords,
): Generator<Fact> {
  const created = object.created?.getTime() ?? 0;
  for (const one of now.edits) {
    const known = before?.edits.some(({ by, how, at: time }) => by === one.by && how === one.how && time >= one.at);
    const byHand = isByHand(one);
    if (known === true || Date.parse(one.at) <= created + makingMs || (byHandOnly && !byHand)) continue;
    const past = pastWhom(one, object);
    const who = byHand ? `by hand (${one.by})` : one.how === 'Apply' ? `applied by ${one.by}` : `by ${one.by}`;
    yield {
      what: past === undefined ? what : 'drift',
      at: new Date(one.at),
      about: ref,
      root: ref,
      warning: past !== undefined,
      text: `changed ${who}${past === undefined ? '' : `, past ${past}`}`,
      mark: `${one.by} ${one.how}`,
    };
  }
}
