import { definePort } from '../kit/index.ts';

/**
 * What watches the homelab: Prometheus, Alertmanager, Loki. Each is asked with GET alone, answers are redacted before anything is
 * filtered, sorted or cut, and every request is bounded in range, series, bytes and time. Errors: errors.ts; what cannot be
 * reached or refuses throws, and never looks like an empty answer.
 */
export interface Metrics {
  /** Errors: `query-invalid`, `query-too-wide`. */
  instant(query: string, at: Date, signal: AbortSignal): Promise<readonly Sample[]>;
  range(query: RangeQuery, signal: AbortSignal): Promise<RangeAnswer>;
  /** Rules that alert, with their state. */
  rules(signal: AbortSignal): Promise<readonly AlertRule[]>;
  /** What Prometheus says of itself: ready, version. */
  health(signal: AbortSignal): Promise<{ readonly ready: boolean; readonly version: string | undefined }>;
  /** Whether a text is PromQL. */
  problemIn(query: string): string | undefined;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** NaN and infinities as Prometheus writes them. */
  readonly value: number;
  readonly at: Date;
}

export interface RangeQuery {
  readonly query: string;
  readonly from: Date;
  readonly to: Date;
  /** Seconds; chosen so that a series has at most 300 points. */
  readonly step?: number | undefined;
}

export interface RangeAnswer {
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly points: readonly (readonly [at: Date, value: number])[];
  }[];
  /** There were more series, or the answer was too large. */
  readonly truncated: boolean;
}

export interface AlertRule {
  readonly name: string;
  readonly group: string;
  readonly query: string;
  readonly forSeconds: number;
  readonly state: 'firing' | 'pending' | 'inactive' | 'unknown';
  readonly health: 'ok' | 'err' | 'unknown';
  readonly labels: Readonly<Record<string, string>>;
}

export interface Alerts {
  /** Firing now, and what of it is inhibited or silenced, by whom and until when. */
  current(signal: AbortSignal): Promise<readonly CurrentAlert[]>;
  silences(signal: AbortSignal): Promise<readonly Silence[]>;
  health(signal: AbortSignal): Promise<{ readonly ready: boolean; readonly version: string | undefined }>;
}

export interface CurrentAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly state: 'firing' | 'inhibited' | 'silenced';
  readonly since: Date;
  readonly labels: Readonly<Record<string, string>>;
  /** Somebody else's words, redacted. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Fingerprints of alerts, ids of silences. */
  readonly by: readonly string[];
}

export interface Silence {
  readonly id: string;
  readonly matchers: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly by: string;
  readonly comment: string;
  readonly state: 'active' | 'pending' | 'expired';
}

export interface LogStore {
  /** Newest lines of a window, oldest first. Errors: `query-invalid`, `query-too-wide`. */
  lines(query: LogQuery, signal: AbortSignal): Promise<LogAnswer>;
  /** Of a pod that is gone, or of one that is there: by the labels that castellan.yaml names; here they are `namespace`, `pod`, `container`. */
  ofPods(query: PodLogQuery, signal: AbortSignal): Promise<LogAnswer>;
  health(signal: AbortSignal): Promise<{ readonly ready: boolean; readonly version: string | undefined }>;
  problemIn(query: string): string | undefined;
}

export interface LogQuery {
  /** LogQL that gives lines. */
  readonly query: string;
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
}

export interface PodLogQuery {
  /** Undefined: whichever the pods were in. */
  readonly namespace?: string | undefined;
  /** Whole names; or the start of them, for a workload whose pods are gone: what follows must be as a controller would write it. */
  readonly pods?: readonly string[] | undefined;
  readonly podPrefix?: string | undefined;
  readonly container?: string | undefined;
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
}

export interface LogAnswer {
  readonly lines: readonly {
    readonly at: Date;
    readonly labels: Readonly<Record<string, string>>;
    readonly text: string;
  }[];
  readonly truncated: boolean;
}

export const metricsPort = definePort<Metrics>('metrics');
export const alertsPort = definePort<Alerts>('alerts');
export const logStorePort = definePort<LogStore>('log-store');
