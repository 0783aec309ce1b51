import { at, textAt } from './fields.ts';
import { type ObjectRef, refText } from './owner.ts';
import type { ClusterObject } from './reader.ts';
import { plainText } from './words.ts';

const word = /^[\w.:/-]{1,120}$/;

interface Mark {
  /** A label or an annotation. */
  readonly key: string;
  says(value: string): string;
}

/** What tools leave on the objects they made, the surest first. */
const marks: readonly Mark[] = [
  { key: 'argocd.argoproj.io/tracking-id', says: () => 'Argo CD' },
  { key: 'argocd.argoproj.io/instance', says: (name) => `Argo CD application ${name}` },
  { key: 'kustomize.toolkit.fluxcd.io/name', says: (name) => `Flux Kustomization ${name}` },
  { key: 'helm.toolkit.fluxcd.io/name', says: (name) => `Flux HelmRelease ${name}` },
  { key: 'meta.helm.sh/release-name', says: (name) => `Helm release ${name}` },
  { key: 'helm.sh/chart', says: (chart) => `chart ${chart}` },
  { key: 'app.kubernetes.io/managed-by', says: (tool) => tools.get(tool.toLowerCase()) ?? tool },
];

const tools = new Map(
  ['Terraform', 'OpenTofu', 'Helm', 'Kustomize', 'Pulumi'].map((tool) => [tool.toLowerCase(), tool]),
);

/**
 * Who makes an object what it is, and so where a change belongs: `Terraform`, `Helm release web, chart web-1.2`,
 * `Cluster data/shared`. Undefined when the object does not say.
 */
export function managedBy({ body }: ClusterObject, owners: readonly { readonly ref: ObjectRef }[]): string | undefined {
  const top = owners.at(-1);
  if (top !== undefined) return refText(top.ref);
  const metadata = at(body, 'metadata');
  const said = marks.flatMap(({ key, says }) => {
    const value = textAt(at(metadata, 'labels'), key) ?? textAt(at(metadata, 'annotations'), key);
    return value === undefined ? [] : [says(plainText(value, word))];
  });
  return said.length === 0 ? undefined : [...new Set(said)].join(', ');
}
