import { definePort } from '../kit/index.ts';
import type { Chronicle } from './chronicle/chronicle.ts';
import type { ClusterReader } from './reader.ts';

/** The port other groups require to look at the cluster. */
export const clusterPort = definePort<ClusterReader>('cluster');
/** And to read what happened in it: whoever connects the cluster is the one that writes it down. */
export const chroniclePort = definePort<Pick<Chronicle, 'read' | 'rootOf'>>('chronicle');

// Connecting, and what is read through the port

export { type ClusterConfig, type ClusterConnection, connectCluster } from './connect.ts';
export { type Kind, kindId } from './kind.ts';
export type { FieldManager } from './managers.ts';
export type { ClusterObject, ClusterReader, LogReading, Reading } from './reader.ts';
export { mergeShapes, type Shape } from './shape.ts';
export type { Bearer } from './transport/credential.ts';

// One object: its fields, its references, how it is, and words for it

export { fieldSteps, fieldValues, stepInto, valuesAt } from './field-path.ts';
export { ageText, agoText, at, earliest, latest, textAt } from './fields.ts';
export { healthOf } from './health/health-of.ts';
export { conditionsOf, type KindHealth, type Status, type Verdict } from './health/verdict.ts';
export { floatingTag, imageShape, imagesOf } from './images.ts';
export { isOver } from './lifecycle.ts';
export { type ObjectRef, ownerOf, refText } from './owner.ts';
export { counted, listed, nameText } from './words.ts';

// Which object somebody means, and what belongs to it

export type { App } from './app/app.ts';
export { readApp } from './app/read-app.ts';
export { readEndpoints } from './service/read-endpoints.ts';
export { candidateText } from './target/candidate.ts';
export { type FindRequest, findObject } from './target/find.ts';
export { parseTarget } from './target/parse.ts';
export { podsOf, podsSelected } from './target/pods.ts';
export { type ResolvedTarget, resolveTarget } from './target/resolve.ts';

// What is wrong, and why

export { describeObject } from './describe/describe.ts';
export type { Section } from './describe/section.ts';
export { currentSurvey } from './findings/current-survey.ts';
export { describeCall } from './findings/next-call.ts';
export { orderKey, type Root, rootsOf } from './findings/roots.ts';
export type { Severity } from './findings/rule.ts';
export { type FoundBy, type Survey, severityOrder } from './findings/survey.ts';
export { tallyOf } from './findings/tally.ts';

// What happened: events and the chronicle

export { type Chronicle, type ChronicleReading, openChronicle } from './chronicle/chronicle.ts';
export { type Entry, type Noted, type What, whats } from './chronicle/entry.ts';
export { lookNow } from './chronicle/look-now.ts';
export {
  belongsTo,
  everybodysPast,
  goneRoot,
  isPastOf,
  type PastRoot,
  pastOf,
  type WhosePast,
} from './chronicle/whose-past.ts';
export { eventWhats, occurrenceOf } from './events/from-chronicle.ts';
export { type EventGroup, groupEvents, type Occurrence } from './events/group-events.ts';
export { liveOccurrence } from './events/live-occurrence.ts';
export { rootByName } from './events/name-root.ts';
export { readEvents } from './events/read-events.ts';

// Logs

export { messageTemplate } from './logs/message-template.ts';
export { type LogSource, logSourcesOf, type PodLogs } from './logs/sources.ts';
export { matchLines } from './predicate/match-lines.ts';
export { createObjectRedactor } from './withholding/object-redactor.ts';

// Who uses Secrets, which themselves are never read

export { readSecretUsers, type SecretUsers, sawAllUses } from './secret-users/read.ts';
export {
  isAt as isSecretAt,
  isBelow as isSecretBelow,
  type SyncedSecret,
  type VaultPlace,
} from './secret-users/synced.ts';
export type { SecretUse } from './secret-users/uses.ts';

// Usage

export { bytesText, coresText, percentText } from './usage/amount-text.ts';
export { readMetrics } from './usage/metrics.ts';
export { type NodeLoad, nodeLoadOf, nodeLoadShape } from './usage/node-load.ts';
export { type ContainerLoad, closeness, type Load, loadShape, type PodLoad, podLoadOf } from './usage/pod-load.ts';

// Schemas, and waiting for something to become so

export { explainField } from './schema/explain.ts';
export {
  type Look,
  lookForCompletion,
  lookForCondition,
  lookForReplicas,
  lookForRollout,
  lookHopeless,
  lookMet,
  lookWaiting,
} from './wait/look.ts';
export { type Waited, waitFor } from './wait/wait-for.ts';

// The whole cluster as one survey saw it: what a snapshot for triage is made from

export { listAt, numberAt, textsAt } from './fields.ts';
export { isParked, replicasOf } from './findings/rules/workload/shared-replicas.ts';
export { isBeingDeleted } from './lifecycle.ts';
export { referencesOf } from './pod/references.ts';
export { podSpecOf, templatesFor } from './pod/template.ts';
export { servedKind } from './read-kinds.ts';
export { endpointsOf, podSelectorOf } from './service/service.ts';
export { type Route, readRoutes } from './target/routes.ts';
export type { ClusterView } from './view.ts';
