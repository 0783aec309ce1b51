import { fileURLToPath } from 'node:url';
import type { KeepState } from '../change/wire/protocol.ts';
import type { Approvers } from './approvers/port.ts';
import { proveOwnership } from './config/ownership.ts';
import type { ForeignApply } from './foreign/port.ts';
import type { Freeze } from './freeze/freeze.ts';
import type { TrustedRepository } from './repository/trusted-repository.ts';

export interface Described {
  readonly build: { readonly version: string };
  readonly seatBelt: boolean;
  readonly repository: TrustedRepository;
  readonly freeze: Freeze;
  readonly console: { readonly origin: string };
  readonly approvers: Pick<Approvers, 'list' | 'problems'>;
  foreign(): Promise<readonly ForeignApply[]>;
  /** Of its other rooms. */
  problems(): readonly string[];
}

/** What the keep says of itself on every reply. */
export async function describeKeep(described: Described): Promise<KeepState> {
  const { build, seatBelt, repository, freeze, approvers, problems } = described;
  const foreign = await described.foreign();
  const { base, ahead, fetchedAt, problems: ofRepository } = await repository.state();
  const frozen = await freeze.look();
  return {
    version: build.version,
    boundary: seatBelt ? 'same user' : 'separate user',
    ...(frozen.since === undefined ? {} : { frozenSince: frozen.since.toISOString() }),
    ...(base === undefined
      ? {}
      : { trustedBase: { commit: base.id, at: base.at.toISOString(), subject: base.subject } }),
    ...(ahead === undefined ? {} : { ahead }),
    ...(fetchedAt === undefined ? {} : { fetchedAt: fetchedAt.toISOString() }),
    console: described.console.origin,
    approvers: approvers.list().length,
    ...(foreign.length === 0
      ? {}
      : { foreign: foreign.map(({ stack, at, what }) => ({ stack, at: at.toISOString(), what })) }),
    problems: [
      ...problems(),
      ...approvers.problems(),
      ...ownCodeProblems(seatBelt),
      ...(frozen.problem === undefined ? [] : [frozen.problem]),
      ...ofRepository,
    ],
  };
}

/** Whoever can change the program decides what it does. */
function ownCodeProblems(seatBelt: boolean): readonly string[] {
  if (seatBelt) return [];
  const own = [process.execPath, fileURLToPath(import.meta.url)];
  return own.flatMap((path) => {
    const { flaw } = proveOwnership(path, { uids: [0] });
    return flaw === undefined ? [] : [`the keep's own program ${path} ${flaw}`];
  });
}
