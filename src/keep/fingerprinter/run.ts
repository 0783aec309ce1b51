import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FingerprintSet } from '../../redaction/known/fingerprints.ts';
import { takeLock } from '../../store/lock.ts';
import type { StoreLog } from '../../store/log.ts';
import { openClusterSecrets } from './cluster-secret.ts';
import { compare } from './compare.ts';
import type { FingerprinterConfig } from './config.ts';
import { type Fingerprinting, startFingerprinting } from './fingerprinting.ts';
import { openHistoryRows } from './history-rows.ts';
import type { FingerprintMaker } from './known-secret.ts';
import { loadMacKey } from './mac-key.ts';
import { stateUnusable } from './own-file.ts';
import type { FingerprinterReply, FingerprinterRequest } from './protocol.ts';
import { openPublished } from './published.ts';
import { serveFingerprinter } from './serve.ts';
import type { VaultReads } from './vault-reads.ts';

export interface RunOptions {
  readonly config: FingerprinterConfig;
  readonly vault: VaultReads;
  readonly make: FingerprintMaker;
  readonly version: string;
  /** What it was started without (hardening.ts). */
  readonly problems: readonly string[];
  readonly log: StoreLog;
  loaded(set: FingerprintSet): void;
  readonly now?: () => Date;
}

export interface RunningFingerprinter extends AsyncDisposable {
  /** Settles when it must not go on. */
  readonly failed: Promise<never>;
}

/** The whole of it: what it remembers, what it reads, and the socket it answers on. */
export async function runFingerprinter(options: RunOptions): Promise<RunningFingerprinter> {
  const { config, vault, make, log, now = () => new Date() } = options;
  const { stateDirectory, socket } = config;
  prepareState(stateDirectory);
  await using parts = new AsyncDisposableStack();
  const lock = takeLock({ directory: join(stateDirectory, 'history'), socket, build: options.version });
  parts.defer(() => lock.release());
  const macs = loadMacKey(stateDirectory);
  const rows = openHistoryRows(stateDirectory, log);
  const published = openPublished(stateDirectory, macs);
  const judge = { make, macs, isPublished: published.has };
  const { mounts, exclude, intervalSeconds, kubernetes } = config;
  const cluster = kubernetes && openClusterSecrets(kubernetes);
  if (cluster !== undefined) parts.use(cluster);
  const fingerprinting = startFingerprinting({
    vault,
    rows,
    judge,
    mounts,
    exclude,
    published,
    intervalMs: intervalSeconds * 1_000,
    log,
    now,
    loaded: options.loaded,
  });
  parts.use(fingerprinting);

  const answer = async (request: FingerprinterRequest, signal: AbortSignal): Promise<FingerprinterReply> => {
    switch (request.verb) {
      case 'state':
        return { state: stateOf(fingerprinting, options) };
      case 'fingerprints':
        return { fingerprints: await fingerprinting.fingerprints(request.have, request.waitMs, signal) };
      case 'history':
        return { history: await fingerprinting.history(request.secret, signal) };
      case 'compare': {
        const { reader } = fingerprinting;
        const comparing = {
          macs,
          cluster,
          read: reader.values,
          rowsOf: ({ mount, path }: { mount: string; path: string }) => rows.of(mount, path),
        };
        return { comparison: await compare(request.left, request.right, comparing, signal) };
      }
      case 'refresh':
        await fingerprinting.refresh(request.secret, signal);
        return { done: true };
      case 'publish':
        fingerprinting.publish(request);
        return { done: true };
    }
  };
  parts.use(await serveFingerprinter({ socket, answer, log }));
  const running = parts.move();
  return {
    failed: fingerprinting.failed,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function stateOf(fingerprinting: Fingerprinting, { version, problems }: RunOptions): FingerprinterReply['state'] {
  const state = fingerprinting.state();
  return { version: version.slice(0, 40), ...state, problems: [...problems, ...state.problems] };
}

function prepareState(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = lstatSync(directory);
  if (!stats.isDirectory()) throw stateUnusable(directory, 'is no folder');
  if (stats.uid !== process.geteuid?.()) throw stateUnusable(directory, `belongs to another user (uid ${stats.uid})`);
  if ((stats.mode & 0o077) !== 0) throw stateUnusable(directory, 'is open to others; it must have mode 0700');
}
