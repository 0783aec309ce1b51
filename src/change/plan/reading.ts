/**
 * A plan as read from `terraform show -json`, format 1.x. It holds every secret the plan holds: nothing of it leaves the keep,
 * only what `maskPlan` makes of it.
 */
export type PlanValue = string | number | boolean | null | readonly PlanValue[] | { readonly [key: string]: PlanValue };

export const planActions = [
  'no-op',
  'create',
  'read',
  'update',
  'delete',
  'replace',
  'forget',
  'create-then-forget',
] as const;
/** `replace` is either order of delete and create, `create-then-forget` of create and forget; `createFirst` tells them apart. */
export type PlanAction = (typeof planActions)[number];

export interface PlannedChange {
  readonly address: string;
  readonly moduleAddress: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
  readonly provider: string;
  readonly action: PlanAction;
  readonly createFirst: boolean;
  /** `replace_because_tainted`, …; undefined when the engine gave none. */
  readonly reason: string | undefined;
  readonly previousAddress: string | undefined;
  readonly deposed: string | undefined;
  /** The import id is a value: masked like any other. */
  readonly importing: boolean;
  /** What `importing` holds: an id or an identity. Nobody is shown it; the digest is made of it too. */
  readonly imported?: PlanValue;
  readonly before: PlanValue;
  readonly after: PlanValue;
  /** `true`, or the shape of the value with `true` at its leaves. */
  readonly beforeSensitive: PlanValue;
  readonly afterSensitive: PlanValue;
  readonly afterUnknown: PlanValue;
  readonly replacePaths: readonly (readonly (string | number)[])[];
}

export interface PlannedOutput {
  readonly name: string;
  readonly action: PlanAction;
  readonly before: PlanValue;
  readonly after: PlanValue;
  readonly sensitive: boolean;
  readonly unknown: boolean;
}

export interface PlannedCheck {
  readonly address: string;
  readonly status: 'pass' | 'fail' | 'error' | 'unknown';
  readonly problems: readonly string[];
}

export interface PlanReading {
  readonly formatVersion: string;
  readonly engineVersion: string;
  readonly applyable: boolean;
  readonly complete: boolean;
  readonly errored: boolean;
  readonly changes: readonly PlannedChange[];
  readonly drift: readonly PlannedChange[];
  readonly outputs: readonly PlannedOutput[];
  readonly checks: readonly PlannedCheck[];
  /** Addresses whose change waits for another apply, with the reason. */
  readonly deferred: readonly { readonly address: string; readonly reason: string }[];
  /** `action` blocks that would run. */
  readonly actionInvocations: readonly { readonly address: string; readonly type: string; readonly trigger: string }[];
  /** Resources in the state before, and in how many the plan ends. */
  readonly priorCount: number;
  readonly plannedCount: number;
  /** Every string found under a sensitive mark anywhere: what value redaction looks for. */
  readonly secrets: ReadonlySet<string>;
  /**
   * Found under a sensitive mark too, but maybe an ordinary word: the leaves of a document that is marked as a whole, the keys of
   * a map that is. A secret unless it stands in the source.
   */
  readonly veiled?: ReadonlySet<string>;
  /** The configuration's own dependency edges between resources of the plan, address to addresses, without instance keys. */
  readonly references: ReadonlyMap<string, readonly string[]>;
  readonly provisioners: readonly { readonly address: string; readonly type: string }[];
  /** With what provisioners and actions would run. Nobody is shown it; the digest is made of it too. */
  readonly executes?: PlanValue;
}
