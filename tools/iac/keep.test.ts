import { afterAll, beforeAll } from 'vitest';
import { KeepScratch } from '../../src/keep/config/scratch.fixture.ts';
import type { KeepConfig } from '../../src/keep/config/valid.ts';
import { keepConfigIn, standIns } from '../../src/keep/keep.fixture.ts';
import { type Keep, startKeep } from '../../src/keep/keep.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { changeId, changeOf, setId } from './change.fixture.ts';
import { keepContract } from './keep.contract.ts';
import { runId, runOf, stackOf } from './keep.fixture.ts';
import { type Script, type ScriptedKeep, scriptedKeep } from './scripted-keep.fixture.ts';

const refused = (code: string) =>
  ({ error: { code, audience: 'agent', message: 'there is none', next: 'ask for another' } }) as const;

/** A keep that behaves: one stack, one run. */
const behaves: Script = (request) => {
  if (request.verb === 'enrolment' || request.verb === 'request') return {};
  if (request.verb === 'fingerprints' || request.verb === 'refresh') return {};
  if (request.verb === 'propose') {
    return request.kind === 'plan'
      ? { run: runOf({ state: 'queued', ...request.by, summary: undefined }) }
      : { changes: [changeOf({ state: 'draft', ...request.by, summary: undefined })] };
  }
  if (request.verb === 'withdraw') return refused(request.id.startsWith('run_') ? 'run-unknown' : 'change-unknown');
  if (request.of === 'change') {
    return [changeId, setId].includes(request.id) ? { changes: [changeOf()] } : refused('change-unknown');
  }
  if (request.of === 'changes') return { changes: [changeOf()] };
  if (request.of === 'run') return request.id === runId ? { run: runOf() } : refused('run-unknown');
  if (request.of === 'object') return { object: { fields: [], ignored: [] } };
  if (request.of === 'edit') {
    const why = request.object.kind === 'Secret' ? 'secret' : 'no-owner';
    return { edit: { is: 'refused', why, others: [] } };
  }
  if (request.of !== 'stacks') return {};
  return { stacks: request.stack === undefined || request.stack === 'mail' ? [stackOf('stacks/mail')] : [] };
};

let scripted: ScriptedKeep;
beforeAll(async () => {
  scripted = await scriptedKeep(behaves);
});
afterAll(() => scripted[Symbol.asyncDispose]());
keepContract('the scripted keep', () => ({ path: scripted.path, patch: 'diff' }));

const scratch = new KeepScratch();
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** As keep.yaml has it where stacks are applied too. */
const appliesToo = (config: KeepConfig): KeepConfig => ({
  ...config,
  repository: { ...config.repository, push: { sshKeyFile: undefined, token: undefined } },
  profiles: config.profiles.map((profile) => ({
    ...profile,
    apply: { kubernetes: undefined, connection: undefined, credentials: {}, timeoutSeconds: 60 },
  })),
});

let real: Keep;
beforeAll(async () => {
  real = await startKeep({
    config: appliesToo(keepConfigIn(scratch)),
    seatBelt: true,
    build: { version: '1.2.3', stamp: '' },
    log: silent,
    redactor: createRedactor(),
    compose: standIns().compose,
  });
}, 60_000);
afterAll(async () => {
  real.stop('the test is over');
  await real.stopped;
  scratch[Symbol.dispose]();
});
keepContract('a real keep, over parts without a world behind them', () => ({
  path: real.sockets.agents,
  patch: JSON.stringify({ 'stacks/mail/main.tf': 'more' }),
}));
