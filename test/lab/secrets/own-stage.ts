import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FingerprintsReply } from '../../../src/change/wire/secret.ts';
import { type ClusterConnection, connectCluster } from '../../../src/cluster/index.ts';
import { CastellanError, createCursors, renderAnswer, type Tool } from '../../../src/kit/index.ts';
import { silent } from '../../../src/redaction/no-redaction.fixture.ts';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import { vault as group } from '../../../tools/vault/group.ts';
import type { VaultPorts } from '../../../tools/vault/port.ts';
import { ask } from '../keep/ask-keep.ts';
import type { ScratchFingerprinter } from '../keep/scratch-fingerprinter.ts';
import { prepareKeep, type ScratchKeep } from '../keep/scratch-keep.ts';
import type { LabEnv } from '../lab-env.ts';
import { castellanPolicies, type VaultProcess } from '../vault/castellan-token.ts';
import { tellVault } from '../vault/vault-api.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type OwnVault, startOwnVault } from './own-vault.ts';

/**
 * A Vault of the suite's own, and behind a door of its own each: the tools, a keep, and its fingerprinter. A fault of Vault is made
 * at a door, or in Vault itself.
 */
export interface Stage extends AsyncDisposable {
  readonly own: OwnVault;
  readonly doors: Readonly<Record<VaultProcess, FaultyProxy>>;
  readonly keep: ScratchKeep;
  readonly fingerprinter: ScratchFingerprinter;
  /** Where each reads its token. */
  readonly tokenFiles: Readonly<Record<VaultProcess, string>>;
  /** Where castellan.yaml of this stage may have its files. */
  readonly folder: string;
  /** Another token in the place of the one a process has. */
  replaceToken(who: VaultProcess, token: string): void;
  newToken(who: VaultProcess, more?: object): Promise<string>;
  /** The tools, connected anew. */
  tools(more?: object): Promise<Tools>;
  write(path: string, data: Readonly<Record<string, string>>): Promise<void>;
  /** What the keep gives of fingerprints, now. */
  known(): Promise<FingerprintsReply>;
  problems(): Promise<readonly string[]>;
}

export interface Tools extends AsyncDisposable {
  readonly ports: VaultPorts;
  /** Its answer, or `code: message` of what it refuses with; and how long that took. */
  call(tool: Tool<VaultPorts>, input?: object): Promise<Said>;
  probe(): Promise<string>;
}

export interface Said {
  readonly text: string;
  readonly ms: number;
}

const principal = { agent: 'agent:suite', human: 'human:ada', via: 'socket', scopes: ['read', 'propose'] } as const;
const cursors = createCursors(randomBytes(32));

export async function openStage(lab: LabEnv): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'castellan-faults-'));
  chmodSync(folder, 0o755);
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const own = parts.use(await startOwnVault());
  const [castellan, keepDoor, fingerprinterDoor] = await Promise.all(
    Array.from({ length: 3 }, () => startFaultyProxy(own.addr)),
  );
  if (castellan === undefined || keepDoor === undefined || fingerprinterDoor === undefined)
    throw new Error('there are three doors');
  const doors = { castellan, 'castellan-keep': keepDoor, 'castellan-fingerprinter': fingerprinterDoor };
  for (const door of Object.values(doors)) parts.use(door);
  const newToken = (who: VaultProcess, more?: object) => own.token(castellanPolicies[who], more);
  const given = async (who: VaultProcess): Promise<string> => {
    const file = join(folder, `${who}-token`);
    writeFileSync(file, await newToken(who), { mode: 0o600 });
    return file;
  };
  const castellanTokenFile = await given('castellan');
  const rootTokenFile = join(folder, 'root-token');
  writeFileSync(rootTokenFile, own.root.token ?? '', { mode: 0o600 });
  const keep = parts.use(
    await prepareKeep(
      {
        ...lab,
        vault: {
          addr: own.addr,
          rootTokenFile,
          castellanTokenFile,
          fingerprinterTokenFile: await given('castellan-fingerprinter'),
          requestsTokenFile: await given('castellan-keep'),
          audit: '',
        },
      },
      { vault: true },
    ),
  );
  const { fingerprinter } = keep;
  if (fingerprinter === undefined) throw new Error('the keep was prepared without Vault');
  behind(keep.configFile, own.addr, keepDoor.addr);
  behind(fingerprinter.configFile, own.addr, fingerprinterDoor.addr);
  const tokenFiles = {
    castellan: castellanTokenFile,
    'castellan-keep': join(keep.configuration, 'credentials', 'vault-token'),
    'castellan-fingerprinter': join(fingerprinter.credentials, 'vault-token'),
  };
  const cluster = parts.use(
    await connectCluster({ kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 }, { redactor: silent }),
  );
  const everything = parts.move();
  const stage: Stage = {
    own,
    doors,
    keep,
    fingerprinter,
    tokenFiles,
    folder,
    newToken,
    replaceToken: (who, token) => writeFileSync(tokenFiles[who], token),
    tools: (more = {}) => openTools(stage, cluster, more),
    write: async (path, data) => {
      await tellVault(own.root, 'POST', `secret/data/${path}`, { data });
    },
    known: async () => {
      const { fingerprints } = await ask(keep, { verb: 'fingerprints', waitMs: 0 });
      if (fingerprints === undefined) throw new Error('the keep told of no fingerprints');
      return fingerprints;
    },
    problems: async () => (await ask(keep, { verb: 'status', of: 'keep' })).keep.problems,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
  return stage;
}

async function openTools(
  { doors, tokenFiles, keep }: Pick<Stage, 'doors' | 'tokenFiles' | 'keep'>,
  cluster: ClusterConnection,
  more: object,
): Promise<Tools> {
  const config = {
    address: doors.castellan.addr,
    auth: { kind: 'token-file', file: tokenFiles.castellan },
    ...more,
  };
  const connection = await group.connect(config, {
    keep: async () => keepSocket(keep.socket),
    cluster: async () => cluster.reader,
  });
  const ports = connection.ports as VaultPorts;
  return {
    ports,
    call: async (tool, asked = {}) => {
      const input = tool.input.parse(asked);
      const now = new Date();
      const begun = performance.now();
      const said = (text: string): Said => ({ text, ms: performance.now() - begun });
      try {
        const answer = await tool.run(input, {
          ports,
          principal,
          signal: AbortSignal.timeout(45_000),
          now: () => now,
          progress: () => undefined,
          page: cursors.pageFor({ tool: tool.name, input, principal }, undefined, now),
          room: 16_000,
        });
        const redactions = { redact: silent.text, redactAgent: silent.text, redactOwn: silent.text };
        return said(renderAnswer(answer, { budget: 16_000, ...redactions }).text);
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        return said(`${error.code}: ${error.message}`);
      }
    },
    probe: async () => {
      const found = await connection.probe(AbortSignal.timeout(45_000));
      return found.map(({ check, status, detail }) => `${status} ${check}: ${detail}`).join('\n');
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Leaves owner and mode as they are. */
function behind(file: string, addr: string, door: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(addr, door));
}
