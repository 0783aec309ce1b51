import type { Shape } from '../../../shape.ts';

/** What the rules about nodes read. */
export const nodeShape: Shape = {
  spec: { unschedulable: true, taints: { key: true, timeAdded: true } },
  status: { conditions: true, allocatable: { pods: true }, nodeInfo: { kubeletVersion: true } },
};
