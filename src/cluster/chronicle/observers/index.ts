import type { Observer } from '../observer.ts';
import { certificates, configMaps } from './config.ts';
import { cronJobs, jobs } from './jobs.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { controllerRevisions, replicaSets } from './revisions.ts';
import { workloads } from './workloads.ts';

/** Everything that is followed, but for events. What owns others comes before them. */
export const observers: readonly Observer[] = [
  replicaSets,
  controllerRevisions,
  jobs,
  ...workloads,
  cronJobs,
  pods,
  nodes,
  configMaps,
  certificates,
];
