import type { JsonObject } from '../../kit/index.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { objectOf } from '../list.ts';
import type { ClusterObject } from '../reader.ts';
import { mergeShapes, metadataShape, pick } from '../shape.ts';
import type { ClusterView } from '../view.ts';
import { createView } from '../view.ts';
import { createObjectRedactor } from '../withholding/object-redactor.ts';
import type { Rule, Severity } from './rule.ts';

/**
 * What a rule's file has beside it, as `<id>.fixture.ts`: clusters it must find something in, and clusters it must leave
 * alone. Objects are whole manifests with `apiVersion` and `kind`; they pass through the redactor and the rule's own needs,
 * so a rule that reads a field it did not ask for stays green here and fails.
 */
export interface RuleFixture {
  /** The moment of the view; fixtures write their times before it. */
  readonly now: Date;
  readonly red: readonly RedCase[];
  readonly green: readonly GreenCase[];
}

export interface RedCase {
  readonly because: string;
  readonly objects: readonly JsonObject[];
  /** Every finding, in any order: `Pod shop/web-1`. */
  readonly finds: readonly { readonly object: string; readonly severity: Severity; readonly says: RegExp }[];
}

export interface GreenCase {
  readonly because: string;
  readonly objects: readonly JsonObject[];
}

/** The view a rule gets of these manifests: built-in kinds are served, others when a manifest has one. */
export function viewOf(rule: Rule, manifests: readonly JsonObject[], now: Date): ClusterView {
  const redactor = createObjectRedactor(silent);
  const read = new Map<string, ClusterObject[] | undefined>();
  for (const [kindId, shape] of Object.entries({
    ...rule.wants,
    ...rule.needs,
    'replicasets.apps': rule.needs['replicasets.apps'] ?? {},
  })) {
    const wanted = mergeShapes({ kind: true, metadata: metadataShape }, shape);
    const members = manifests.filter((manifest) => idOf(manifest) === kindId);
    const builtIn = !kindId.includes('.') || /\.(?:apps|batch|policy|autoscaling|[a-z]+\.k8s\.io)$/.test(kindId);
    if (members.length === 0 && !builtIn) continue;
    read.set(
      kindId,
      members.map((manifest) => objectOf(kindOf(manifest), pick(manifest, wanted), redactor)),
    );
  }
  return createView(read, now);
}

/** As the API server would serve it. */
export function kindOf(manifest: JsonObject) {
  const [group = '', version] = String(manifest['apiVersion']).split('/');
  const core = version === undefined;
  return {
    group: core ? '' : group,
    version: version ?? group,
    kind: String(manifest['kind']),
    resource: pluralOf(String(manifest['kind'])),
    singular: '',
    shortNames: [],
    namespaced: true,
    verbs: ['get', 'list'],
  };
}

function idOf(manifest: JsonObject): string {
  const { group, resource } = kindOf(manifest);
  return group === '' ? resource : `${resource}.${group}`;
}

function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word === 'endpoints') return word;
  if (/(?:s|x|ch)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
