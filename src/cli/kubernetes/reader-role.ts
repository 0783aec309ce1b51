import { existsSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

/** The account and the role Castellan is deployed with, as shipped. */
export interface ReaderRole {
  /** The whole file. */
  readonly text: string;
  readonly account: { readonly namespace: string; readonly name: string };
  /** Of the ClusterRole and of its binding. */
  readonly name: string;
  readonly rules: readonly Rule[];
}

const ruleShape = z.object({
  verbs: z.array(z.string()).default([]),
  apiGroups: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
});
export type Rule = z.output<typeof ruleShape>;

const clusterRoleShape = z.object({
  kind: z.literal('ClusterRole'),
  metadata: z.object({ name: z.string() }),
  rules: z.array(ruleShape).nullish(),
});
const accountShape = z.object({
  kind: z.literal('ServiceAccount'),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
});

export function readerRole(): ReaderRole {
  // Beside src when run from source, beside dist when installed.
  const places = ['../../../', '../../../../'].map(
    (up) => new URL(`${up}deploy/kubernetes/reader-role.yaml`, import.meta.url),
  );
  const place = places.find((url) => existsSync(url));
  if (place === undefined) throw new Error('deploy/kubernetes/reader-role.yaml is missing from this installation');
  const text = readFileSync(place, 'utf8');
  const documents: readonly unknown[] = parseAllDocuments(text).map((document) => document.toJS());
  const [role] = documents.flatMap((document) => clusterRoleShape.safeParse(document).data ?? []);
  const [account] = documents.flatMap((document) => accountShape.safeParse(document).data ?? []);
  if (role === undefined || account === undefined) throw new Error('reader-role.yaml holds no role or no account');
  return { text, account: account.metadata, name: role.metadata.name, rules: role.rules ?? [] };
}

/** The rules of a ClusterRole as the API server has it. */
export function rulesOf(json: string): readonly Rule[] {
  return clusterRoleShape.parse(JSON.parse(json)).rules ?? [];
}

/** A line a rule: `apps: deployments, replicasets (get, list, watch)`. */
export function ruleLines(rules: readonly Rule[]): readonly string[] {
  return rules.map(
    ({ apiGroups, resources, verbs }) =>
      `${apiGroups.map((group) => group || 'core').join(', ')}: ${resources.join(', ')} (${verbs.join(', ')})`,
  );
}

/** What of `rules` the others lack: `deployments.apps: list, watch`, a line a resource. */
export function rightsMissing(rules: readonly Rule[], others: readonly Rule[]): readonly string[] {
  const known = verbsByResource(others);
  return [...verbsByResource(rules)].flatMap(([resource, verbs]) => {
    const missing = [...verbs].filter((verb) => known.get(resource)?.has(verb) !== true);
    return missing.length === 0 ? [] : [`${resource}: ${missing.join(', ')}`];
  });
}

function verbsByResource(rules: readonly Rule[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { apiGroups, resources, verbs } of rules) {
    for (const [group, resource] of apiGroups.flatMap((one) => resources.map((name) => [one, name] as const))) {
      const qualified = group === '' ? resource : `${resource}.${group}`;
      found.set(qualified, new Set([...(found.get(qualified) ?? []), ...verbs]));
    }
  }
  return found;
}
