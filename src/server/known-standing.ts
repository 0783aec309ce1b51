import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import type { FingerprintCoverage } from '../redaction/known/fingerprints.ts';

/**
 * What is said of the known values that redaction masks. The last set stays in use whatever happens afterwards; this is what changes.
 *
 *  missing  no set was ever loaded
 *  current  the keep says this is the newest, and the fingerprinter has looked at Vault a short while ago
 *  stale    in use, and nobody knows whether it is all: the keep, the fingerprinter or Vault is away, or was not looked at for long
 *  broken   the keep gave a set that cannot be used, so what is new in it is not masked; the one before, if any, is still in use
 *
 * `required` refuses calls while nothing is loaded or the newest set is broken; `degraded` answers them. Both say in each answer what is not
 * current. Where castellan.yaml has no `vault`, nothing is supplied and nothing said.
 */
export interface KnownValuesStanding {
  readonly mode: 'required' | 'degraded';
  readonly state: 'missing' | 'current' | 'stale' | 'broken';
  /** Why it is not current. */
  readonly why?: string;
  readonly generation?: string;
  /** When the keep last gave the set that is in use, or said that it is the newest. */
  readonly heardAt?: Date;
  readonly coverage?: FingerprintCoverage;
}

/** What castellan.yaml says of it: the slice of the group that looks at Vault. Undefined: no Vault is configured. */
export function redactionMode(slices: ReadonlyMap<string, unknown>): KnownValuesStanding['mode'] | undefined {
  if (!slices.has('vault')) return undefined;
  return z.looseObject({ redaction: z.enum(['required', 'degraded']).default('required') }).parse(slices.get('vault'))
    .redaction;
}

/** For the coverage of an answer: undefined while everything that is known is masked. */
export function unseenValues(standing: KnownValuesStanding | undefined): { what: string; why: string } | undefined {
  if (standing === undefined || standing.state === 'current') return undefined;
  const use = standing.generation === undefined ? 'none is masked' : 'those loaded before are masked';
  return { what: 'known values', why: `${standing.why ?? standing.state}; ${use}` };
}

/** For `castellan status`, doctor and castellan://status. Agents read it too: where values lie that are not looked for is not in it. */
export function describeStanding(standing: KnownValuesStanding, now: Date): JsonObject {
  const { mode, state, why, generation, heardAt, coverage } = standing;
  return {
    mode,
    state,
    ...(why === undefined ? {} : { why }),
    ...(generation === undefined ? {} : { generation }),
    ...(heardAt === undefined ? {} : { heard_seconds_ago: secondsSince(heardAt, now) }),
    ...(coverage === undefined
      ? {}
      : {
          coverage: {
            looked_seconds_ago: secondsSince(new Date(coverage.at), now),
            mounts: coverage.mounts,
            secrets: coverage.secrets,
            values: coverage.values,
            by_class: { ...coverage.byClass },
            skipped: coverage.skipped.count,
            unread: coverage.unread.map(({ path, why: reason }) => ({ path, why: reason })),
            in_repository: coverage.inRepository.length,
          },
        }),
  };
}

/** Null where nobody told. */
function secondsSince(at: Date, now: Date): number | null {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  return Number.isNaN(seconds) ? null : seconds;
}
