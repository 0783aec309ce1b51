import { mkdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { type KeepReply, keepReply } from '../change/wire/protocol.ts';
import type { PrepareEdit } from '../iac/edit/port.ts';
import { createRedactor } from '../redaction/index.ts';
import type { Compose, KeepParts } from './composed.ts';
import { type KeepScratch, someCommit } from './config/scratch.fixture.ts';
import type { KeepConfig } from './config/valid.ts';
import { MemoryRepository, StandInPlanner, standInParts } from './runs/stand-ins.fixture.ts';
import { createEdits } from './stacks/prepared-edit.ts';

/** A keep's configuration in a folder of its own, with a base commit that the stand-in repository has. */
export function keepConfigIn(scratch: KeepScratch): KeepConfig {
  mkdirSync(join(scratch.folder, 'freeze'), { recursive: true });
  const yaml = scratch.yaml({
    more: [
      `stateDirectory: ${scratch.folder}/state`,
      `workDirectory: ${scratch.folder}/work`,
      `directories: { agents: ${scratch.folder}/agents, humans: ${scratch.folder}/humans, freeze: ${scratch.folder}/freeze }`,
    ].join('\n'),
  });
  const config = scratch.load(yaml.replace(someCommit, standInBase().base));
  // Many keeps of tests are there at a time.
  return { ...config, console: { ...config.console, port: 0 } };
}

function standInBase(): { readonly git: MemoryRepository; readonly base: string } {
  const git = new MemoryRepository();
  const files = { 'stacks/mail/main.tf': 'mail', 'stacks/blog/main.tf': 'blog', 'modules/x/main.tf': 'x' };
  return { git, base: git.commitTree(files, 'main') };
}

export interface StandIns {
  readonly git: MemoryRepository;
  readonly planner: StandInPlanner;
  readonly compose: Compose;
}

/** Parts without a world behind them; `change` sees them before the keep does. */
export function standIns(change: (parts: KeepParts) => KeepParts = (parts) => parts): StandIns {
  const { git } = standInBase();
  const planner = new StandInPlanner();
  return {
    git,
    planner,
    compose: async ({ workDirectory, profiles }) => {
      planner.cleanUp = async () => {
        planner.cleaned += 1;
        rmSync(workDirectory, { recursive: true, force: true });
      };
      return change({
        git,
        planner,
        sandbox: { probe: async () => ({ works: true, detail: 'a stand-in' }) },
        runs: standInParts(),
        openSurroundings: async () => {
          throw new Error('a stand-in applies nothing');
        },
        expectations: { watch: async () => [] },
        states: { markOf: async () => ({ kind: 'none' }) },
        lockOf: async () => ({ state: 'free', detail: 'a stand-in' }),
        originOf: async () => undefined,
        editOf: createEdits({ prepare: nobodys, profiles, redact: createRedactor().text }),
        [Symbol.asyncDispose]: async () => undefined,
      });
    },
  };
}

/** A source that makes nothing. */
const nobodys: PrepareEdit = async () => ({
  is: 'refused',
  why: 'no-owner',
  field: undefined,
  stack: undefined,
  place: undefined,
  others: [],
});

/** One request and its reply. */
export async function askKeep(path: string, request: object): Promise<KeepReply> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = createConnection(path);
  let said = '';
  socket.on('error', reject);
  socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
  socket.on('data', (chunk) => {
    said += chunk.toString('utf8');
  });
  socket.on('close', () => resolve(said));
  return keepReply.parse(JSON.parse(await promise));
}
