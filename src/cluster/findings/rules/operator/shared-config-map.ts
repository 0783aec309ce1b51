import type { JsonObject } from '../../../../kit/index.ts';
import { at, textAt } from '../../../fields.ts';
import { ownerOf } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { withheldBytes } from '../../../withholding/data-size.ts';

/** Copied into every namespace, whether anybody there wants it or not. */
const everywhere = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert', 'trusted-ca-bundle']);

/** Labels that only say where an object comes from. Any other may be what somebody finds it by. */
const descriptive =
  /^(?:app|name|chart|release|heritage|component|version|k8s-app|app\.kubernetes\.io\/.+|helm\.sh\/.+|kustomize\.toolkit\.fluxcd\.io\/.+|helm\.toolkit\.fluxcd\.io\/.+|argocd\.argoproj\.io\/.+)$/;

/** ConfigMaps somebody wrote by hand: not the cluster's own, not an operator's, and not found by a label or used as a lock. */
export function plainConfigMaps(view: ClusterView): readonly ClusterObject[] {
  return view.all('configmaps').filter((map) => {
    const metadata = at(map.body, 'metadata');
    const labels = Object.keys(at(metadata, 'labels') ?? {});
    const lock = textAt(at(metadata, 'annotations'), 'control-plane.alpha.kubernetes.io/leader') !== undefined;
    return (
      !map.namespace.startsWith('kube-') &&
      !everywhere.has(map.name) &&
      ownerOf(map) === undefined &&
      !lock &&
      labels.every((label) => descriptive.test(label))
    );
  });
}

/** How many bytes it holds, by the sizes that stand in the place of its values; values in base64 are three quarters of theirs. */
export function sizeOf({ body }: ClusterObject): number {
  const sum = (data: JsonObject | undefined): number =>
    Object.values(data ?? {}).reduce<number>((total, value) => total + (withheldBytes(value) ?? 0), 0);
  return sum(at(body, 'data')) + 0.75 * sum(at(body, 'binaryData'));
}

export function isEmpty({ body }: ClusterObject): boolean {
  return [at(body, 'data'), at(body, 'binaryData')].every((data) => Object.keys(data ?? {}).length === 0);
}
