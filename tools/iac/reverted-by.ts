import type { FieldManager } from '../../src/cluster/index.ts';

/** One field of a live object: who writes it, and what the source says of it. */
export interface OwnedField {
  /** In plain form. */
  readonly stack: string | undefined;
  /** The source tells Terraform to leave it alone. */
  readonly isIgnored: boolean;
  readonly inSource: boolean;
  readonly managers: readonly FieldManager[];
}

interface Controller {
  readonly writes: RegExp;
  readonly subresource?: RegExp;
  readonly says: (by: string) => string;
}

/** Writers that come back, by the name they write under; the first that fits. Terraform and people are none of them. */
const controllers: readonly Controller[] = [
  { writes: /^kube-controller-manager$/, subresource: /^scale$/, says: () => 'an autoscaler (HPA) at its next look' },
  { writes: /^(?:keda|keda-operator)/, says: () => 'an autoscaler (KEDA) at its next look' },
  { writes: /^vpa-/, says: () => 'the vertical autoscaler' },
  { writes: /^helm(?:$|-|\d)/i, says: () => 'the next upgrade of the Helm release' },
  { writes: /^(?:kustomize|helm|source)-controller$|^flux/i, says: () => 'Flux at its next reconciliation' },
  { writes: /argocd/i, says: () => 'Argo CD at its next sync' },
  {
    writes: /kyverno|gatekeeper|admission|mutat|webhook|linkerd|istio/i,
    says: (by) => `admission (${by}) at the next write`,
  },
  { writes: /operator|controller|manager|keel|renovate|reloader/i, says: (by) => `controller ${by}` },
];

const people = /^(?:kubectl|k9s|lens|headlamp|dashboard|node-fetch|mozilla|curl)/i;
const declarers = /terraform|opentofu|hashicorp/i;

/** Who takes an edit by hand back, in words of ours; every one that does, since several may. */
export function revertedBy({ stack, isIgnored, inSource, managers }: OwnedField): string {
  const others = managers.flatMap(({ by, subresource }) => {
    if (declarers.test(by) || people.test(by)) return [];
    const found = controllers.find(
      (one) => one.writes.test(by) && (one.subresource === undefined || one.subresource.test(subresource ?? '')),
    );
    return found === undefined ? [] : [found.says(by)];
  });
  const terraform = stack !== undefined && inSource && !isIgnored ? [`the next apply of stack ${stack}`] : [];
  const all = [...new Set([...terraform, ...others])];
  if (all.length > 0) return all.join('; ');
  if (isIgnored) return 'not Terraform: the source ignores it (ignore_changes)';
  return 'nothing that is known here';
}
