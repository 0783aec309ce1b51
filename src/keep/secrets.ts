import { setTimeout as sleep } from 'node:timers/promises';
import type { FingerprintsReply, SourceReference } from '../change/wire/secret.ts';
import { secretReferences } from '../iac/secret-references/find.ts';
import { createKnownValues, type KnownValues } from '../redaction/known/known-values.ts';
import type { ExtensibleRedactor } from '../redaction/redactor.ts';
import type { StoreLog } from '../store/log.ts';
import { connectVault } from '../vault/connect.ts';
import { metadataOf, subkeysOf } from '../vault/kv.ts';
import type { VaultSession } from '../vault/port.ts';
import type { KeepConfig } from './config/valid.ts';
import type { ConsoleOptions } from './console/options.ts';
import type { Drafts } from './decisions/drafts.ts';
import { connectFingerprinter, withoutFingerprinter } from './fingerprinter/client.ts';
import type { Fingerprinter } from './fingerprinter/port.ts';
import { publishedWords } from './fingerprinter/published-words.ts';
import { startFingerprinter } from './fingerprinter/start.ts';
import type { Journal } from './journal/journal.ts';
import type { Notifier } from './notify/port.ts';
import type { TrustedRepository } from './repository/trusted-repository.ts';
import { notPossible } from './requests/errors.ts';
import { type OpenRequests, openRequests } from './requests/open.ts';
import { vaultDoor } from './requests/vault-door.ts';
import { profileOf } from './runs/profiles.ts';
import type { Trees } from './runs/trees.ts';
import type { People } from './signing.ts';
import { givenVariables } from './stacks/sources.ts';

/**
 * Everything of the keep that has to do with secrets: the session that does what a human signed for, the fingerprinter that knows
 * values, and what the trusted base says of both.
 *
 *  session   with the policy castellan-requests; none where keep.yaml has no `vault`
 *  known     the last fingerprints, in the keep's own redaction too: its rows, its log and its pages are masked by them
 *  words     what stands in the trusted base, told to the fingerprinter once a commit
 */
export interface Secrets extends AsyncDisposable {
  /** Also lends to plans. */
  readonly session: VaultSession | undefined;
  readonly requests: OpenRequests;
  readonly fingerprinter: Fingerprinter;
  /** Where the trusted base refers to secrets. */
  references(): Promise<readonly SourceReference[]>;
  readonly secretOf: ConsoleOptions['secretOf'];
  problems(): readonly string[];
}

export interface SecretsOptions {
  readonly config: KeepConfig;
  readonly seatBelt: boolean;
  readonly people: Pick<People, 'approvers'>;
  readonly drafts: Drafts;
  readonly journal: Pick<Journal, 'requests' | 'decisions'>;
  readonly repository: Pick<TrustedRepository, 'base' | 'fetch' | 'git'>;
  readonly trees: Trees;
  readonly redactor: ExtensibleRedactor;
  readonly notifier: Pick<Notifier, 'tell'>;
  readonly log: StoreLog;
  readonly now: () => Date;
}

const lookForSetsMs = 30_000;
const lookForWordsMs = 60_000;

/** Errors: `vault-config-invalid`, those of the journal. A Vault that is away is a problem and no error. */
export async function openSecrets(options: SecretsOptions): Promise<Secrets> {
  const { config, people, drafts, journal, redactor, notifier, log, now } = options;
  const { vault } = config;
  const closing = new AbortController();
  await using opened = new AsyncDisposableStack();
  const session = vault === undefined ? undefined : opened.use(await connectVault(vault, { log }));
  const known = createKnownValues();
  redactor.addLayer(known.layer);
  const fingerprinter = opened.use(fingerprinterOf(options, opened));
  const requests = opened.use(
    await openRequests({
      config,
      door: session === undefined ? undefined : vaultDoor(session, vault?.kubernetesMount),
      journal,
      approvers: people.approvers,
      drafts,
      fingerprinter: vault?.fingerprinter === undefined ? undefined : fingerprinter,
      redactor,
      notifier,
      log,
      now,
    }),
  );
  const following: Promise<void>[] = [];
  let lastHeard: FingerprintsReply | undefined;
  if (vault?.fingerprinter !== undefined) {
    const told = createPublishing(options, fingerprinter);
    const heard = (reply: FingerprintsReply): void => {
      lastHeard = reply;
    };
    following.push(follow(known, fingerprinter, { log, heard, signal: closing.signal }), told());
    const timer = setInterval(() => void told(), lookForWordsMs).unref();
    opened.defer(() => clearInterval(timer));
  }
  opened.defer(async () => {
    closing.abort(new Error('the keep is being stopped'));
    await Promise.all(following);
  });
  const everything = opened.move();
  return {
    session,
    requests,
    fingerprinter,
    references: createReferences(options),
    secretOf: (place) => secretNow(session, place),
    problems: () => [...(session === undefined ? [] : problemsOf(session)), ...problemsHeard(lastHeard)],
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function fingerprinterOf({ config, seatBelt, log }: SecretsOptions, opened: AsyncDisposableStack) {
  const found = config.vault?.fingerprinter;
  if (found === undefined) return withoutFingerprinter();
  const { socket, config: file, uid } = found;
  const main = process.argv[1];
  if (file !== undefined && main !== undefined) {
    const program = { node: process.execPath, main };
    opened.use(startFingerprinter({ program, config: file, uid, seatBelt, log }));
  }
  return connectFingerprinter({ socket, log });
}

/** Waits for each new set and loads it, until the keep ends. */
async function follow(
  known: KnownValues,
  fingerprinter: Fingerprinter,
  {
    log,
    heard,
    signal,
  }: { readonly log: StoreLog; heard(reply: FingerprintsReply): void; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const reply = await fingerprinter.fingerprints(known.generation, lookForSetsMs, signal);
    heard(reply);
    const { set } = reply;
    if (set === undefined) continue;
    try {
      known.load(set);
      log.info({ generation: set.generation }, 'known-values.loaded');
    } catch (error) {
      log.error({ err: error }, 'known-values.broken');
      // The next set may be whole; whoever ends the keep does not wait for it.
      await sleep(lookForSetsMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A base that was told once is not told again; one that could not be is tried at the next look. */
function createPublishing({ repository, log }: SecretsOptions, fingerprinter: Fingerprinter): () => Promise<void> {
  let last: string | undefined;
  let telling: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    try {
      await repository.fetch('soon');
      const { id, tree } = await repository.base();
      if (id === last) return;
      await fingerprinter.publish(id, [...(await publishedWords(repository.git, tree))]);
      last = id;
    } catch (error) {
      log.warn({ err: error }, 'published-words.not-told');
    }
  };
  // One at a time: the parts of two tellings would mix.
  return () => {
    telling ??= tell().finally(() => {
      telling = undefined;
    });
    return telling;
  };
}

function createReferences({ config, repository, trees }: SecretsOptions): Secrets['references'] {
  const given = (stack: string): ReadonlySet<string> => {
    const profile = profileOf(config.profiles, stack)?.profile;
    return profile === undefined ? new Set() : givenVariables(profile);
  };
  let kept: { readonly tree: string; readonly found: Promise<readonly SourceReference[]> } | undefined;
  return async () => {
    const { tree } = await repository.base();
    if (kept?.tree !== tree) {
      const found = trees.read(tree).then(({ source, graph }) => secretReferences(source, graph, { given }));
      found.catch(() => {
        kept = undefined; // The next who asks tries again; whoever asked is told.
      });
      kept = { tree, found };
    }
    return kept.found;
  };
}

async function secretNow(
  session: VaultSession | undefined,
  { mount, path }: Parameters<ConsoleOptions['secretOf']>[0],
): ReturnType<ConsoleOptions['secretOf']> {
  if (session === undefined) throw notPossible('this keep has no Vault', 'an operator adds `vault` to keep.yaml');
  const { currentVersion, updatedAt, versions } = await metadataOf(session, mount, path, {});
  const newest = versions.find(({ version }) => version === currentVersion);
  const isThere = newest !== undefined && newest.deletedAt === undefined && !newest.destroyed;
  if (!isThere) return { keys: [], version: 0, changedAt: updatedAt };
  const { keys } = await subkeysOf(session, mount, path, currentVersion, {});
  return { keys, version: currentVersion, changedAt: updatedAt };
}

function problemsOf(session: VaultSession): readonly string[] {
  const { state, why } = session.standing();
  return state === 'alive' ? [] : [`Vault cannot be worked with: ${why ?? state}`];
}

/** The session's own token may live on in a Vault that is sealed or away; whoever looks at Vault all the time knows. */
function problemsHeard(last: FingerprintsReply | undefined): readonly string[] {
  if (last === undefined || last.why === undefined) return [];
  return [last.state === 'away' ? `the fingerprinter is away: ${last.why}` : last.why];
}
