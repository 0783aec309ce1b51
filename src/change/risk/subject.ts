import { kindOfType } from '../../convention/manifest/kubernetes-type.ts';
import { identityOf, type Manifest, manifestOf, podSpecOf } from '../../convention/manifest/manifest.ts';
import { nodeOfValue } from '../../convention/node/from-value.ts';
import { nodeOfYaml } from '../../convention/node/from-yaml.ts';
import { entryOf, list, map, type Node, textOf, unknown } from '../../convention/node/node.ts';
import type { PlannedChange, PlanReading } from '../plan/reading.ts';

/** One resource of a plan as rules see it: its manifest if it is a Kubernetes object, its attributes otherwise. */
export interface Subject {
  readonly change: PlannedChange;
  readonly destroys: boolean;
  /** Undefined when it is no Kubernetes object, or none that can be read. */
  readonly kind: string | undefined;
  /** What it was and what it becomes, where it is a Kubernetes object: usually one kind, undefined where that is not known. */
  readonly kinds: readonly (KindName | undefined)[];
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Undefined where there is nothing: before a create, after a delete. */
  readonly before: Node | undefined;
  readonly after: Node | undefined;
  readonly unreadable: boolean;
}

export interface KindName {
  readonly kind: string;
  /** Empty for the core group and for what the Kubernetes provider has types of; undefined when it is not known. */
  readonly group: string | undefined;
}

/** Everything the plan does something to; reading data and leaving alone are nothing, importing and moving are something. */
export function subjectsOf({ changes }: PlanReading): readonly Subject[] {
  return changes.filter(isChange).map(subjectOf);
}

function isChange({ action, importing, previousAddress }: PlannedChange): boolean {
  return (action !== 'no-op' && action !== 'read') || importing || previousAddress !== undefined;
}

/** Reading a manifest costs, and a plan is looked at more than once. */
const read = new WeakMap<PlannedChange, Subject>();

function subjectOf(change: PlannedChange): Subject {
  const known = read.get(change);
  if (known !== undefined) return known;
  const subject = readSubject(change);
  read.set(change, subject);
  return subject;
}

function readSubject(change: PlannedChange): Subject {
  const { type, action } = change;
  const isThere = { before: action !== 'create', after: action !== 'delete' && action !== 'forget' };
  const before = isThere.before ? nodeOfValue(change.before) : undefined;
  const after = isThere.after ? nodeOfValue(change.after, change.afterUnknown) : undefined;
  const old = before && manifestOf(type, before);
  const made = after && manifestOf(type, after);
  // In place, nothing becomes another kind.
  const stays = action === 'update' && old?.kind !== undefined && made?.kind === undefined;
  const sides = [old, stays ? undefined : made].filter((side) => side !== undefined);
  return {
    change,
    destroys: ['delete', 'replace', 'forget', 'create-then-forget'].includes(action),
    kind: made?.kind ?? old?.kind,
    kinds: sides.map((side) => kindName(side, kindOfType(type) !== undefined)),
    ...identityIn([made, old]),
    before: old?.body ?? withValues(type, before),
    after: made?.body ?? withValues(type, after),
    unreadable: old?.unreadable === true || made?.unreadable === true,
  };
}

/** A path of a rule, with `$pod` as it stands in this kind; undefined where the kind makes no pods. */
export function pathIn({ kind }: Subject, text: string): string | undefined {
  if (!text.startsWith('$pod')) return text;
  const spec = kind === undefined ? undefined : podSpecOf(kind);
  return spec === undefined ? undefined : `${spec}${text.slice('$pod'.length)}`;
}

function identityIn(manifests: readonly (Manifest | undefined)[]): Pick<Subject, 'namespace' | 'name'> {
  const found = manifests.flatMap((one) => (one === undefined ? [] : [identityOf(one)]));
  return {
    namespace: found.find(({ namespace }) => namespace !== undefined)?.namespace,
    name: found.find(({ name }) => name !== undefined)?.name,
  };
}

function kindName({ kind, body }: Manifest, isTyped: boolean): KindName | undefined {
  const version = isTyped ? '' : textOf(entryOf(body, 'apiVersion'));
  const group = version === undefined ? undefined : version.includes('/') ? version.split('/')[0] : '';
  return kind === undefined ? undefined : { kind, group };
}

/** The values of a chart are YAML in strings: they are looked into. */
function withValues(type: string, node: Node | undefined): Node | undefined {
  const values = entryOf(node, 'values');
  if (type !== 'helm_release' || node?.kind !== 'map' || values?.kind !== 'list') return node;
  const charts = values.items.map((item) => {
    const text = textOf(item);
    return text === undefined ? item : (nodeOfYaml(text) ?? unknown());
  });
  return map([...node.entries, ['values', list(charts)]], { open: node.open });
}
