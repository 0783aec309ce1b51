import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Approvers } from '../approvers/port.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { Drafts } from '../decisions/drafts.ts';
import type { Fingerprinter } from '../fingerprinter/port.ts';
import type { Journal } from '../journal/journal.ts';
import type { Notifier } from '../notify/port.ts';
import { createBoard } from './board.ts';
import { secretBody } from './bodies.ts';
import { createClaims } from './claim.ts';
import type { VaultDoor } from './door.ts';
import { clusterAddress } from './kubeconfig.ts';
import { createMasking } from './masking.ts';
import type { Requests, SecretBodies, SecretWork } from './port.ts';
import { createRequests } from './requests.ts';
import { createSights } from './sights.ts';
import { createWork } from './work.ts';

/**
 * Requests for secrets, from an agent's wish to what a human's signature did.
 *
 *  board     where each stands, in the journal          sights    names and versions, as Vault has them
 *  claims    one signature, proved and spent            work      reveals, writes, draws, lends: once each
 *  masking   what was written is known before it is told
 */
export interface RequestsOptions {
  readonly config: Pick<KeepConfig, 'approval' | 'kubernetes' | 'vault'>;
  /** `vaultDoor(session, …)`; undefined: this keep has no Vault, and nothing can be asked of it. */
  readonly door: VaultDoor | undefined;
  readonly journal: Pick<Journal, 'requests' | 'decisions'>;
  readonly approvers: Pick<Approvers, 'accept'>;
  /** Those of the decisions, which write the documents. */
  readonly drafts: Drafts;
  readonly fingerprinter: Pick<Fingerprinter, 'refresh'> | undefined;
  readonly redactor: Pick<Redactor, 'agentText'>;
  readonly notifier: Pick<Notifier, 'tell'>;
  readonly log: StoreLog;
  readonly now: () => Date;
  /** Between one look for what nobody came for and the next. */
  readonly sweepMs?: number;
}

export type OpenRequests = Requests & SecretWork & SecretBodies & AsyncDisposable;

const usualSweepMs = 60_000;
const usualHours = 24;

/** What an earlier keep was in the middle of is over: it failed, and is told so. Errors: those of the journal. */
export async function openRequests(options: RequestsOptions): Promise<OpenRequests> {
  const { config, door, journal, approvers, drafts, fingerprinter, redactor, notifier, log, now } = options;
  const closing = new AbortController();
  const board = createBoard({ requests: journal.requests, redactor, log, now });
  await board.sweep();
  const lends = config.vault?.kubernetesMount !== undefined && config.kubernetes !== undefined;
  const sights = door === undefined ? undefined : createSights({ lookups: door.plain, lends, now });
  const masking = createMasking({ fingerprinter, board, log });
  const sweeping = setInterval(() => {
    board.sweep().catch((error: unknown) => log.warn({ err: error }, 'request.not-swept'));
  }, options.sweepMs ?? usualSweepMs);
  sweeping.unref();
  const work = createWork({
    claims: createClaims({ approvers, drafts, decisions: journal.decisions, board, now }),
    board,
    door,
    masking,
    requests: journal.requests,
    notifier,
    cluster: () => clusterAddress(config.kubernetes),
    log,
    now,
  });
  const requests = createRequests({
    board,
    requests: journal.requests,
    sights,
    notifier,
    hours: config.vault?.requestHours ?? usualHours,
    pending: config.approval.pending,
    log,
    now,
    signal: closing.signal,
  });
  return {
    ...requests,
    ...work,
    bodyOf: (subject) => secretBody(subject, { board, sights }),
    [Symbol.asyncDispose]: async () => {
      clearInterval(sweeping);
      closing.abort();
      await masking[Symbol.asyncDispose]();
    },
  };
}
