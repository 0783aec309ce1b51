import { definePort } from '../kit/index.ts';
import type { ClusterReader } from './reader.ts';

/** The port other groups require to look at the cluster. */
export const clusterPort = definePort<ClusterReader>('cluster');

export type { App } from './app/app.ts';
export { readEndpoints } from './app/endpoints.ts';
export { readApp } from './app/read-app.ts';
export { type Chronicle, type ChronicleReading, openChronicle } from './chronicle/chronicle.ts';
export { type Entry, type Noted, type What, whats } from './chronicle/entry.ts';
export { configOf, historyRoots } from './chronicle/history-roots.ts';
export { lookNow } from './chronicle/look-now.ts';
export { type ClusterConfig, type ClusterConnection, connectCluster } from './connect.ts';
export { type Description, describeObject } from './describe/describe.ts';
export { bytesText, coresText, percentText } from './describe/parts/amount.ts';
export type { Section } from './describe/section.ts';
export { eventWhats, occurrenceOf } from './events/from-chronicle.ts';
export { type EventGroup, groupEvents, type Occurrence } from './events/group-events.ts';
export { readEvents } from './events/read-events.ts';
export type { SeenEvent } from './events/seen-event.ts';
export { templateOf } from './events/template.ts';
export { ageText, at, earliest, latest, textAt } from './fields.ts';
export { currentSurvey } from './findings/current-survey.ts';
export { describeCall } from './findings/next-call.ts';
export { orderKey, type Root, rootsOf } from './findings/roots.ts';
export type { Severity } from './findings/rule.ts';
export { type FoundBy, type Survey, severityOrder } from './findings/survey.ts';
export { type Count, tallyOf } from './findings/tally.ts';
export { healthOf } from './health/health-of.ts';
export { conditionsOf, type KindHealth, type Status, type Verdict } from './health/verdict.ts';
export { floatingTag, imageShape, imagesOf } from './images.ts';
export { type Kind, kindId } from './kind.ts';
export { messageTemplate } from './logs/message-template.ts';
export { type LogSource, logSourcesOf, type PodLogs } from './logs/sources.ts';
export { type ObjectRef, ownerOf, refText } from './owner.ts';
export { matchLines } from './predicate/match-lines.ts';
export type { ClusterObject, ClusterReader, LogReading, Reading } from './reader.ts';
export { explainField } from './schema/explain.ts';
export { mergeShapes, type Shape } from './shape.ts';
export { candidateText } from './target/candidate.ts';
export { findObject, type Wanted } from './target/find.ts';
export { podsOf, podsSelected } from './target/pods.ts';
export { type ResolvedTarget, resolveTarget } from './target/resolve.ts';
export { readMetrics } from './usage/metrics.ts';
export { type NodeLoad, nodeLoadOf, nodeLoadShape } from './usage/node-load.ts';
export {
  type ContainerLoad,
  closeness,
  isOver,
  type Load,
  loadShape,
  type PodLoad,
  podLoadOf,
} from './usage/pod-load.ts';
export {
  hopeless as lookHopeless,
  type Look,
  lookForCompletion,
  lookForCondition,
  lookForReplicas,
  lookForRollout,
  met as lookMet,
  waiting as lookWaiting,
} from './wait/look.ts';
export { type Waited, waitFor } from './wait/wait-for.ts';
