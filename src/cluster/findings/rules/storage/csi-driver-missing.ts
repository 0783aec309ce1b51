import { at, listAt, textAt } from '../../../fields.ts';
import { phaseOf } from '../../../lifecycle.ts';
import type { ClusterObject } from '../../../reader.ts';
import { mergeShapes } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import { counted, nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { claimNamesOf, classNeeds, classOf, mountShape } from './shared-claim.ts';

export const csiDriverMissing: Rule = {
  id: 'csi-driver-missing',
  title:
    'A node without the CSI driver that volumes of pods on it need. Provisioners that are no CSI drivers are left alone.',
  needs: {
    ...classNeeds,
    pods: mergeShapes(mountShape, { spec: { nodeName: true } }),
    persistentvolumeclaims: { spec: { storageClassName: true, volumeName: true } },
    persistentvolumes: { spec: { csi: { driver: true } } },
    'csidrivers.storage.k8s.io': {},
    'csinodes.storage.k8s.io': { spec: { drivers: { name: true } } },
  },
  *find(view) {
    const wanting = new Map<
      string,
      { readonly node: ClusterObject; readonly driver: string; pods: number; starting: boolean }
    >();
    for (const pod of view.all('pods')) {
      const node = view.get('csinodes.storage.k8s.io', '', textAt(at(pod.body, 'spec'), 'nodeName') ?? '');
      const phase = phaseOf(pod);
      if (node === undefined || phase === 'Succeeded' || phase === 'Failed') continue;
      const there = listAt(at(node.body, 'spec'), 'drivers').map(({ name }) => name);
      for (const driver of driversOf(view, pod)) {
        if (there.includes(driver)) continue;
        const key = `${node.name} ${driver}`;
        const known = wanting.get(key) ?? { node, driver, pods: 0, starting: false };
        wanting.set(key, { ...known, pods: known.pods + 1, starting: known.starting || phase === 'Pending' });
      }
    }
    for (const { node, driver, pods, starting } of wanting.values()) {
      yield {
        severity: starting ? 'critical' : 'warning',
        object: node,
        summary: `CSI driver ${nameText(driver)} is not on this node; ${counted(pods, 'pod')} there ${pods === 1 ? 'needs' : 'need'} it`,
        next: describeCall(node),
      };
    }
  },
};

function driversOf(view: ClusterView, pod: ClusterObject): ReadonlySet<string> {
  const drivers = claimNamesOf(at(pod.body, 'spec'), pod.name).map((name) => {
    const claim = view.get('persistentvolumeclaims', pod.namespace, name);
    const volumeName = textAt(at(claim?.body, 'spec'), 'volumeName');
    const volume = view.get('persistentvolumes', '', volumeName ?? '');
    if (claim === undefined || volume !== undefined) return textAt(at(volume?.body, 'spec', 'csi'), 'driver');
    const provisioner = textAt(classOf(view, claim)?.body, 'provisioner') ?? '';
    return view.get('csidrivers.storage.k8s.io', '', provisioner)?.name;
  });
  return new Set(drivers.filter((driver) => driver !== undefined));
}
