import type { Survey } from '../../cluster/index.ts';
import type { AlertRule, CurrentAlert, Sample, Silence } from '../../monitoring/port.ts';
import type { DnsProbe, HttpProbe, TlsProbe } from '../../probe/port.ts';
import type { Action } from '../action.ts';
import type { Incident } from '../incident.ts';

/**
 * A sweep looks at everything once and says of each check how it is.
 *
 *  check    one question; a file under checks/, with a fixture beside it that turns it red and one that leaves it green
 *  sight    what could be seen, gathered once for all checks
 *  source   where it is seen; one that failed or is not configured makes the checks that need it unknown, never well
 *
 * A warning is what will stop working, or works worse than it should; a failure does not work now.
 */
export interface Check {
  /** `certificates-expiring`; the file's name. */
  readonly id: string;
  readonly title: string;
  readonly needs: readonly SweepSource[];
  /** PromQL that it reads from `sight.samples`, all of them instant. */
  readonly queries?: readonly string[];
  look(sight: SweepSight): CheckResult;
}

export const sweepSources = [
  'cluster',
  'metrics',
  'alerts',
  'logs',
  'probes',
  'repository',
  'vault',
  'keep',
  'record',
] as const;
export type SweepSource = (typeof sweepSources)[number];

export const sweepStatuses = ['fail', 'unknown', 'warn', 'pass'] as const;
/** Worst first: unknown is worse than a warning, because nobody knows what it hides. */
export type SweepStatus = (typeof sweepStatuses)[number];

export interface CheckResult {
  readonly status: SweepStatus;
  /** One line of ours. */
  readonly detail: string;
  /** What is wrong, worst first: names of objects and words of ours; redacted. */
  readonly items: readonly string[];
  readonly next?: string | undefined;
}

/** What could be seen. A source that is absent here stands in `failed`, with why. */
export interface SweepSight {
  readonly at: Date;
  readonly failed: ReadonlyMap<SweepSource, string>;
  readonly survey?: Survey | undefined;
  readonly metrics?:
    | { readonly version: string | undefined; readonly ready: boolean; readonly rules: readonly AlertRule[] }
    | undefined;
  /** By query; a query that failed is an error in our words. */
  readonly samples: ReadonlyMap<string, readonly Sample[] | string>;
  readonly alerts?:
    | { readonly ready: boolean; readonly current: readonly CurrentAlert[]; readonly silences: readonly Silence[] }
    | undefined;
  readonly logs?: { readonly ready: boolean; readonly version: string | undefined } | undefined;
  readonly probes?:
    | { readonly http: readonly HttpProbe[]; readonly tls: readonly TlsProbe[]; readonly dns: readonly DnsProbe[] }
    | undefined;
  readonly repository?: { readonly commit: string; readonly at: Date; readonly stale: string | undefined } | undefined;
  readonly vault?: SeenVault | undefined;
  readonly keep?: SeenKeep | undefined;
  readonly record?:
    | {
        readonly open: readonly Incident[];
        readonly actions: readonly Action[];
        readonly broken: readonly string[];
      }
    | undefined;
}

export interface SeenVault {
  /** As its nodes answer: `active`, `standby`, `sealed` … */
  readonly role: string;
  readonly why: string | undefined;
  readonly token: 'alive' | 'lost' | 'foreign';
  readonly tokenEnds: Date | undefined;
}

export interface SeenKeep {
  readonly boundary: string;
  readonly frozenSince: string | undefined;
  readonly problems: readonly string[];
  readonly foreign: readonly { readonly stack: string; readonly at: string; readonly what: string }[];
  /** Of stacks; `state` as the keep words it. */
  readonly stacks: readonly {
    readonly stack: string;
    /** `unknown`: it was never planned, or could not be; `why` says it. */
    readonly drift: 'clean' | 'differs' | 'unknown';
    readonly at: string | undefined;
    readonly why: string | undefined;
  }[];
  /** Changes that are not over. */
  readonly changes: readonly {
    readonly id: string;
    readonly stack: string;
    readonly state: string;
    readonly changedAt: string;
    readonly failedExpectation: boolean;
  }[];
}

export interface Swept {
  readonly at: Date;
  readonly worst: SweepStatus;
  readonly checks: readonly (CheckResult & { readonly id: string; readonly title: string })[];
  readonly failed: readonly { readonly source: SweepSource; readonly why: string }[];
  /** Sources that were left out because somebody asked for it. */
  readonly without: readonly SweepSource[];
}
