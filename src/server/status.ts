import type { JsonObject } from '../kit/index.ts';
import type { Build } from './handshake.ts';
import { describeStanding, type KnownValuesStanding } from './known-standing.ts';
import type { Served } from './served.ts';

/** What the daemon says of itself: `castellan status`, and the resource castellan://status. Holds no secret. */
export interface DaemonState {
  readonly build: Build;
  readonly pid: number;
  readonly home: string;
  readonly config: string | undefined;
  readonly startedAt: Date;
  readonly clients: number;
  readonly http: string | undefined;
  readonly store: StoreState;
  readonly served: Served;
  /** Undefined: no Vault is configured. */
  readonly knownValues: KnownValuesStanding | undefined;
}

export interface StoreState {
  readonly kind: 'embedded' | 'postgres';
  readonly state: 'opening' | 'open' | 'failed';
  readonly features?: { readonly [name: string]: boolean | string };
}

export function describeState(state: DaemonState, now: Date): JsonObject {
  const { store } = state;
  return {
    as_of: now.toISOString(),
    version: state.build.version,
    pid: state.pid,
    home: state.home,
    config: state.config ?? null,
    up_seconds: Math.round((now.getTime() - state.startedAt.getTime()) / 1000),
    clients: state.clients,
    http: state.http ?? null,
    store: {
      kind: store.kind,
      state: store.state,
      ...(store.features === undefined ? {} : { features: store.features }),
    },
    ...(state.knownValues === undefined ? {} : { known_values: describeStanding(state.knownValues, now) }),
    groups: state.served.groups.map((group) => ({ name: group.name, tools: group.tools.map((tool) => tool.name) })),
    not_configured: state.served.unconfigured.map((group) => ({
      name: group.name,
      what: group.summary,
      how: group.howToConfigure,
    })),
  };
}
