import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { StackView } from '../../change/wire/stacks.ts';
import { createRedactor } from '../../redaction/index.ts';
import { createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import { writeEnrolment } from '../approvers/enrolments.ts';
import { relyingPartyOf } from '../approvers/relying-party.ts';
import { writeApprover } from '../approvers/write-approver.ts';
import { type Console, openConsole } from './console.ts';
import { gitId, inventedId, sha } from './invented-change.fixture.ts';
import { otherChanges } from './invented-past.fixture.ts';
import { waitingChanges } from './invented-waiting.fixture.ts';
import type { ConsoleOptions } from './options.ts';
import { openScriptedRooms, type ScriptedRooms } from './scripted-rooms.fixture.ts';

/**
 * The console over invented data that shows every state there is, for the page's own tests and for pictures of it. As a program:
 *
 *   node src/keep/console/scripted-console.fixture.ts --port 8790 [--assets dist/web] [--frozen] [--separate-user] [--empty]
 *
 * prints one line of JSON, `{url, code}`: the code enrols the first approver, as root's would, without a command to confirm it.
 */
export interface ScriptedConsole extends AsyncDisposable {
  readonly console: Console;
  readonly origin: string;
  readonly rooms: ScriptedRooms;
  readonly options: ConsoleOptions;
  /** Enrolled already: who knows no browser signs with these. */
  readonly bea: SoftApprover;
  /** A new one-time code for a name; whoever uses it is enrolled at once. */
  codeFor(name: string): string;
}

export interface ScriptedOptions {
  readonly port: number;
  /** Where the human's browser has it, when that is not the port. */
  readonly origin?: string;
  readonly assets: string;
  readonly now?: () => Date;
  /** In place of what is scripted. */
  readonly overrides?: Partial<ConsoleOptions>;
  readonly frozen?: boolean;
  readonly seatBelt?: boolean;
  /** Nothing waits, nobody is in trouble. */
  readonly empty?: boolean;
  /** Between the steps of what was approved. */
  readonly stepMs?: number;
}

export async function startScriptedConsole(options: ScriptedOptions): Promise<ScriptedConsole> {
  const { port, assets, frozen = false, seatBelt = true, empty = false, stepMs = 2_000 } = options;
  const { now = () => new Date(), origin = `http://castellan.localhost:${port}` } = options;
  const rp = relyingPartyOf({ origin });
  await using opened = new AsyncDisposableStack();
  const rooms = opened.use(
    await openScriptedRooms({
      rp,
      changes: empty ? [] : [...waitingChanges, ...otherChanges()],
      noRequests: empty,
      stepMs,
      now,
    }),
  );
  const bea = createSoftApprover(rp, 'bea');
  await rooms.enrolAsRoot(bea);
  if (frozen) rooms.frozen.since = new Date(Date.now() - 3_600_000).toISOString();
  if (!empty) rooms.foreignApplies.push(...inventedForeign());
  const opening: ConsoleOptions = {
    ...rooms,
    config: { console: { origin, port }, approval: { twoPeople: ['high'] } },
    relyingParty: rp,
    build: { version: '0.1.0' },
    assets,
    runs: { latest: async () => (empty ? [] : [inventedRun()]) },
    state: async () => ({
      version: '0.1.0',
      boundary: seatBelt ? 'same user' : 'separate user',
      ...(rooms.frozen.since === undefined ? {} : { frozenSince: rooms.frozen.since }),
      trustedBase: { commit: gitId('base'), at: '2026-11-25T09:12:00.000Z', subject: 'mail: relay through the proxy' },
      ahead: empty ? 0 : 2,
      fetchedAt: new Date(Date.now() - 40_000).toISOString(),
      problems: empty ? [] : ['the notice to ntfy could not be delivered'],
      console: origin,
      approvers: rooms.approvers.list().length,
      foreign: [...rooms.foreignApplies],
    }),
    stacks: async () => (empty ? [] : inventedStacks()),
    audit: async (limit) => ({ rows: inventedAudit().slice(0, limit), verified: 'pass' }),
    ahead: async () => (empty ? [] : aheadCommits()),
    redactor: createRedactor(),
    log: { info: () => undefined, warn: () => undefined, error: tell },
    now,
    ...options.overrides,
  };
  const served = opened.use(await openConsole(opening));
  const codes: string[] = [];
  const asRoot = setInterval(() => {
    for (const hash of codes) {
      const registration = rooms.pendingOf(hash);
      if (registration === undefined) continue;
      codes.splice(codes.indexOf(hash), 1);
      writeApprover(registration, { file: rooms.keepFile, owners: rooms.owners, now: now() });
      rooms.approvers.reload().catch((error: unknown) => tell({ err: error }, 'scripted.reload'));
    }
  }, 100).unref();
  opened.defer(() => clearInterval(asRoot));
  const everything = opened.move();
  return {
    console: served,
    origin,
    rooms,
    options: opening,
    bea,
    codeFor: (name) => {
      const { code, codeHash } = writeEnrolment(rooms.keepFile, name, now());
      codes.push(codeHash);
      return code;
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function tell(fields: object, event: string): void {
  process.stderr.write(`${event} ${'err' in fields ? String(fields.err) : ''}\n`);
}

const inventedForeign = () => [
  { stack: 'stacks/proxy', at: '2026-11-26T03:14:00.000Z', what: 'its state went from serial 40 to 42' },
  {
    stack: 'stacks/dns',
    at: '2026-11-25T21:40:00.000Z',
    what: `its sealed state changed in commit ${gitId('x').slice(0, 12)}`,
  },
];

function inventedRun(): Awaited<ReturnType<ConsoleOptions['runs']['latest']>>[number] {
  return {
    id: inventedId('run', 'waits'),
    stack: 'stacks/auth',
    state: 'needs-consent',
    createdAt: new Date(Date.now() - 600_000).toISOString(),
    changedAt: new Date(Date.now() - 590_000).toISOString(),
    agent: 'agent:claude',
    human: 'human:ada',
    reason: 'What would a newer provider do?',
    base: gitId('base'),
    proposed: gitId('tree run'),
    changedFiles: [{ path: 'stacks/auth/versions.tf', change: 'modified' }],
    findings: [
      {
        rule: 'scan-new-provider',
        verdict: 'consent',
        file: 'stacks/auth/versions.tf',
        line: 4,
        message: 'a provider goes up by a major version',
      },
    ],
    consent: sha('run'),
    took: { fetching: 200, judging: 90 },
  };
}

const aheadCommits = (): Awaited<ReturnType<ConsoleOptions['ahead']>> => [
  {
    id: gitId('ahead 2'),
    author: 'Bea Example',
    at: new Date('2026-11-26T04:00:00Z'),
    subject: 'proxy: new certificate',
  },
  {
    id: gitId('ahead 1'),
    author: 'Ada Example',
    at: new Date('2026-11-25T20:00:00Z'),
    subject: 'dns: <i>shorter</i> lifetimes',
  },
];

const inventedAudit = () =>
  Array.from({ length: 60 }, (_, index) => ({
    at: new Date(Date.now() - index * 420_000).toISOString(),
    who: index % 3 === 0 ? 'human:ada' : 'agent:claude',
    what:
      ['keep.change.awaiting-approval', 'keep.signed.approve', 'keep.change.landed', 'keep.change.denied'][index % 4] ??
      '',
    about: inventedId('chg', `audit ${index}`),
    outcome: ['ok', 'ok', 'ok', 'denied'][index % 4] ?? 'ok',
    seq: 400 - index,
  }));

function inventedStacks(): StackView[] {
  const names = ['auth', 'blog', 'database', 'dns', 'mail', 'monitoring', 'proxy', 'registry', 'vault', 'wiki'];
  return names.map((name, index) => ({
    stack: `stacks/${name}`,
    profile: 'cluster',
    tier: String((index % 3) + 1),
    backend: name === 'vault' ? 'sops' : 'pg',
    engine: 'terragrunt/tofu',
    ...(name === 'registry' ? { skipped: 'its role lacks rights' } : {}),
    dependsOn: name === 'blog' ? ['stacks/database'] : [],
    dependants: name === 'database' ? ['stacks/blog', 'stacks/mail'] : [],
    modules: ['modules/app'],
    lock:
      name === 'registry'
        ? { state: 'held', detail: 'by the apply that was interrupted' }
        : { state: 'free', detail: '' },
    lastApply: {
      at: new Date(Date.now() - index * 7_000_000).toISOString(),
      serial: 30 + index,
      how: 'serial of the state',
    },
    drift: {
      state: name === 'monitoring' ? 'differs' : name === 'dns' ? 'unknown' : 'clean',
      at: new Date(Date.now() - 4 * 3_600_000).toISOString(),
      commit: gitId('base'),
      ...(name === 'dns' ? { why: 'the provider did not answer' } : {}),
      ...(name === 'monitoring' ? { counts: '1 to change' } : {}),
      addresses: name === 'monitoring' ? ['kubernetes_config_map_v1.rules'] : [],
      confirmed: name === 'monitoring',
    },
  }));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8790' },
      assets: { type: 'string', default: join(import.meta.dirname, '../../../dist/web') },
      frozen: { type: 'boolean', default: false },
      'separate-user': { type: 'boolean', default: false },
      empty: { type: 'boolean', default: false },
    },
  });
  const scripted = await startScriptedConsole({
    port: Number(values.port),
    assets: values.assets,
    frozen: values.frozen,
    seatBelt: !values['separate-user'],
    empty: values.empty,
  });
  process.stdout.write(`${JSON.stringify({ url: scripted.origin, code: scripted.codeFor('ada') })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      Promise.resolve(scripted[Symbol.asyncDispose]()).catch((error: unknown) => tell({ err: error }, 'scripted.stop'));
    });
  }
}
