import { definePort } from '../kit/index.ts';
import type { ClusterReader } from './reader.ts';

/** The port other groups require to look at the cluster. */
export const clusterPort = definePort<ClusterReader>('cluster');

export { type ClusterConfig, type ClusterConnection, connectCluster } from './connect.ts';
export { ageText } from './fields.ts';
export { healthOf } from './health/health-of.ts';
export type { KindHealth, Status, Verdict } from './health/verdict.ts';
export { type Kind, kindId } from './kind.ts';
export type { ClusterObject, ClusterReader, Reading } from './reader.ts';
