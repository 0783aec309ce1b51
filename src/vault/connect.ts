import { readFile } from 'node:fs/promises';
import { CastellanError } from '../kit/index.ts';
import type { StoreLog } from '../store/log.ts';
import { invalid, originOf } from './address.ts';
import { TokenKeeper } from './auth/keeper.ts';
import type { Speak } from './auth/log-in.ts';
import { Client, fixedToken, noToken } from './client.ts';
import { createDriver, loadLibrary } from './driver.ts';
import { runJob } from './job.ts';
import type { VaultOptions, VaultSession } from './port.ts';
import { Sender } from './sender.ts';

export interface ConnectDeps {
  readonly log: StoreLog;
  readonly now?: () => number;
}

/**
 * Proves the options and logs in. A Vault that is away, sealed, or does not accept the login is no reason to give up: the
 * session says so in its standing, and each call tries again. Throws `vault-config-invalid`.
 */
export async function connectVault(options: VaultOptions, { log, now = Date.now }: ConnectDeps): Promise<VaultSession> {
  const sender = await senderOf(options);
  await loadLibrary();
  const driver = createDriver(sender.origin);
  const speak: Speak = (token) => new Client(sender, driver, token === undefined ? noToken : fixedToken(token));
  const keeper = new TokenKeeper({ auth: options.auth, speak, log, now });
  try {
    await keeper.current(AbortSignal.timeout(10_000));
  } catch (error) {
    if (!(error instanceof CastellanError)) log.warn({}, 'vault-login-took-long');
  }
  const client = new Client(sender, driver, keeper);
  return {
    address: sender.origin,
    ask: (request, o) => client.ask(request, o),
    standing: () => keeper.standing(),
    job: (job, work) => runJob({ client, speak, isBatch: () => keeper.isBatch }, job, work),
    [Symbol.asyncDispose]: async () => {
      await keeper[Symbol.asyncDispose]();
      await sender[Symbol.asyncDispose]();
    },
  };
}

async function senderOf({ address, plainHttp, caFile, namespace, peers }: VaultOptions): Promise<Sender> {
  if (namespace !== undefined && !/^[\x21-\x7e]{1,200}$/.test(namespace)) {
    throw invalid('the namespace of Vault has a character no namespace has');
  }
  return new Sender({
    origin: originOf(address, plainHttp),
    peers: peers.map((peer) => originOf(peer, plainHttp, 'a peer of Vault')),
    ca: await authorityOf(caFile),
    namespace,
  });
}

export async function authorityOf(caFile: string | undefined): Promise<Buffer | undefined> {
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw invalid(`the CA of Vault at ${caFile} cannot be read (${code})`, error);
  }
}
