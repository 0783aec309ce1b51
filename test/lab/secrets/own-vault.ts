import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openCache, programPath } from '../cache.ts';
import { freePorts } from '../port.ts';
import { writePolicies } from '../vault/castellan-token.ts';
import { askVault, tellVault, type VaultTarget } from '../vault/vault-api.ts';

/** A raft node of one suite's own, on loopback: to be sealed, hung and followed without anybody else noticing. */
export interface OwnVault extends AsyncDisposable {
  readonly addr: string;
  readonly root: VaultTarget;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** Stops it in its tracks: its port stays open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** A second node, which follows this one. */
  join(): Promise<string>;
  policy(name: string, text: string): Promise<void>;
  /** A token without parent, that lives for a day unless `more` says otherwise. */
  token(policies: readonly string[], more?: object): Promise<string>;
}

const initialised = z.object({ keys_base64: z.tuple([z.string()]), root_token: z.string() });
const created = z.object({ auth: z.object({ client_token: z.string() }) });

export async function startOwnVault(): Promise<OwnVault> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-own-vault-'));
  const nodes: ChildProcess[] = [];
  const first = await startNode(folder, 'first', nodes, undefined);
  const made = initialised.parse(await tellVault(first, 'POST', 'sys/init', { secret_shares: 1, secret_threshold: 1 }));
  const [key] = made.keys_base64;
  const root = { ...first, token: made.root_token };
  const until = async (target: VaultTarget, wanted: number): Promise<void> => {
    for (let left = 600; (await statusOf(target)) !== wanted; left -= 1) {
      if (left === 0) throw new Error(`a Vault of the suite's own never came to answer ${wanted}`);
      await sleep(50);
    }
  };
  const unseal = async (): Promise<void> => {
    await tellVault(first, 'POST', 'sys/unseal', { key });
    await until(first, 200);
  };
  await unseal();
  await tellVault(root, 'POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  await writePolicies(root);
  return {
    addr: first.addr,
    root,
    unseal,
    seal: async () => {
      await tellVault(root, 'PUT', 'sys/seal');
    },
    freeze: () => nodes[0]?.kill('SIGSTOP'),
    thaw: () => nodes[0]?.kill('SIGCONT'),
    join: async () => {
      const second = await startNode(folder, 'second', nodes, first.addr);
      await until(second, 503);
      await tellVault(second, 'POST', 'sys/unseal', { key });
      await until(second, 429);
      return second.addr;
    },
    policy: async (name, policy) => {
      await tellVault(root, 'PUT', `sys/policies/acl/${name}`, { policy });
    },
    token: async (policies, more = {}) => {
      const body = { policies, no_parent: true, no_default_policy: true, ttl: '24h', ...more };
      return created.parse(await tellVault(root, 'POST', 'auth/token/create', body)).auth.client_token;
    },
    [Symbol.asyncDispose]: async () => {
      for (const node of nodes) {
        if (node.exitCode !== null || node.signalCode !== null) continue;
        const closed = new Promise((resolve) => node.once('close', resolve));
        node.kill('SIGKILL');
        await closed;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startNode(
  folder: string,
  name: string,
  nodes: ChildProcess[],
  leader: string | undefined,
): Promise<VaultTarget> {
  const { api = 0, cluster = 0 } = await freePorts(['api', 'cluster'], new Set());
  const data = join(folder, name);
  mkdirSync(data, { mode: 0o700 });
  const addr = `http://127.0.0.1:${api}`;
  const config = {
    storage: {
      raft: {
        path: data,
        node_id: name,
        performance_multiplier: 1,
        ...(leader === undefined ? {} : { retry_join: [{ leader_api_addr: leader }] }),
      },
    },
    listener: {
      tcp: { address: `127.0.0.1:${api}`, cluster_address: `127.0.0.1:${cluster}`, tls_disable: true },
    },
    api_addr: addr,
    cluster_addr: `https://127.0.0.1:${cluster}`,
    disable_mlock: true,
  };
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  nodes.push(
    spawn(programPath(openCache(), 'vault'), ['server', `-config=${file}`], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder },
      stdio: 'ignore',
    }),
  );
  for (let left = 600; (await statusOf({ addr })) === undefined; left -= 1) {
    if (left === 0) throw new Error("a Vault of the suite's own did not start");
    await sleep(50);
  }
  return { addr };
}

/** Undefined where nobody answers. */
async function statusOf(target: VaultTarget): Promise<number | undefined> {
  try {
    return (await askVault(target, 'GET', 'sys/health')).status;
  } catch {
    return undefined; // Not listening yet.
  }
}
