import { textAt } from '../../../fields.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { classNeeds } from './shared-claim.ts';

/** Once part of Kubernetes. Some go on through a CSI driver that has to be installed, the others make nothing any more. */
const moved = /^kubernetes\.io\/(?:aws-ebs|azure-disk|azure-file|cinder|gce-pd|portworx-volume|vsphere-volume)$/;
const removed = /^kubernetes\.io\/(?:cephfs|flocker|glusterfs|host-path|quobyte|rbd|scaleio|storageos)$/;

export const provisionerRemoved: Rule = {
  id: 'provisioner-removed',
  title: 'A StorageClass whose provisioner has been taken out of Kubernetes.',
  needs: classNeeds,
  *find(view) {
    for (const storageClass of view.all('storageclasses.storage.k8s.io')) {
      const provisioner = textAt(storageClass.body, 'provisioner') ?? '';
      if (!moved.test(provisioner) && !removed.test(provisioner)) continue;
      yield {
        severity: 'notice',
        object: storageClass,
        summary: moved.test(provisioner)
          ? `its provisioner ${provisioner} only works through a CSI driver that is installed apart`
          : `its provisioner ${provisioner} is no longer part of Kubernetes`,
        next: describeCall(storageClass),
      };
    }
  },
};
