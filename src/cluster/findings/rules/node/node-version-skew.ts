import { at, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import { counted } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nodeShape } from './shared-node.ts';

/** Kubelets may be three minor versions behind the API server, which is no older than the newest of them. */
const supported = 3;

export const nodeVersionSkew: Rule = {
  id: 'node-version-skew',
  title:
    'Kubelets are of different minor versions: a notice, and a warning beyond the three that are supported. Different patch ' +
    'versions are left alone.',
  needs: { nodes: nodeShape },
  *find(view) {
    const versions = view.all('nodes').map((node) => ({ node, minor: minorOf(node) }));
    const newest = Math.max(...versions.map(({ minor }) => minor ?? 0));
    for (const { node, minor } of versions) {
      if (minor === undefined || minor === newest) continue;
      const behind = newest - minor;
      yield {
        severity: behind > supported ? 'warning' : 'notice',
        object: node,
        summary: `kubelet 1.${minor}, ${counted(behind, 'minor version')} behind another node`,
        next: describeCall(node),
      };
    }
  },
};

/** 37 of `v1.37.2+k3s1`. */
function minorOf({ body }: ClusterObject): number | undefined {
  const [, minor] = /^v1\.(\d{1,3})\./.exec(textAt(at(body, 'status', 'nodeInfo'), 'kubeletVersion') ?? '') ?? [];
  return minor === undefined ? undefined : Number(minor);
}
