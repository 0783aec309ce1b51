import type { Rule } from '../../rule.ts';
import { apiServiceUnavailable } from './api-service-unavailable.ts';
import { certificateExpires } from './certificate-expires.ts';
import { certificateNotReady } from './certificate-not-ready.ts';
import { certificateRequestFailed } from './certificate-request-failed.ts';
import { configMapEmpty } from './config-map-empty.ts';
import { configMapHuge } from './config-map-huge.ts';
import { configMapUnused } from './config-map-unused.ts';
import { databaseBackupFailed } from './database-backup-failed.ts';
import { databaseUnhealthy } from './database-unhealthy.ts';
import { definitionNotEstablished } from './definition-not-established.ts';
import { externalSecretNotSynced } from './external-secret-not-synced.ts';
import { issuerNotReady } from './issuer-not-ready.ts';
import { namespaceTerminating } from './namespace-terminating.ts';
import { olmCatalogNotServing } from './olm-catalog-not-serving.ts';
import { olmCatalogSourceUnready } from './olm-catalog-source-unready.ts';
import { olmExtensionNotInstalled } from './olm-extension-not-installed.ts';
import { olmInstallPlanStuck } from './olm-install-plan-stuck.ts';
import { olmOperatorFailed } from './olm-operator-failed.ts';
import { olmOperatorGroupConflict } from './olm-operator-group-conflict.ts';
import { olmSubscriptionStuck } from './olm-subscription-stuck.ts';
import { policyReportFailures } from './policy-report-failures.ts';
import { scaledObjectNotReady } from './scaled-object-not-ready.ts';
import { secretStoreNotReady } from './secret-store-not-ready.ts';

export const operatorRules: readonly Rule[] = [
  apiServiceUnavailable,
  certificateExpires,
  certificateNotReady,
  certificateRequestFailed,
  configMapEmpty,
  configMapHuge,
  configMapUnused,
  databaseBackupFailed,
  databaseUnhealthy,
  definitionNotEstablished,
  externalSecretNotSynced,
  issuerNotReady,
  namespaceTerminating,
  olmCatalogNotServing,
  olmCatalogSourceUnready,
  olmExtensionNotInstalled,
  olmInstallPlanStuck,
  olmOperatorFailed,
  olmOperatorGroupConflict,
  olmSubscriptionStuck,
  policyReportFailures,
  scaledObjectNotReady,
  secretStoreNotReady,
];
