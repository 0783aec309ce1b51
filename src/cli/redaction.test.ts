import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FingerprintsReply } from '../change/wire/secret.ts';
import { protocol } from '../server/handshake.ts';
import { knownValuesLines } from './known-values-words.ts';
import { buildProgram } from './program.ts';
import { refreshedLines } from './redaction.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let servers: Server[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-redaction-')));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

/** One that answers each line by `answer`, and ends. */
async function listen(path: string, answer: (line: unknown) => readonly object[]): Promise<void> {
  const server = createServer((socket) => {
    socket.once('data', (line) => {
      for (const reply of answer(JSON.parse(String(line)))) socket.write(`${JSON.stringify(reply)}\n`);
      socket.end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

async function run(...words: readonly string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const push = (line: string): void => {
    lines.push(line);
  };
  const terminal = { out: push, err: push, colour: false, interactive: false };
  const program = buildProgram({ terminal, environment: { CASTELLAN_HOME: folder }, cwd: folder, groups: [] });
  const code = await runCommand(program, words, terminal);
  process.exitCode = 0;
  return { code, text: lines.join('\n') };
}

const coverage = {
  mounts: ['secret'],
  secrets: 2,
  values: 7,
  unread: [{ path: 'secret/\u001b[2Jprivate\n', why: 'permission denied' }],
};
const known = {
  mode: 'required',
  state: 'stale',
  why: 'Vault cannot be read',
  generation: 'g1',
  heard_seconds_ago: 3,
  coverage: {
    ...coverage,
    looked_seconds_ago: 200,
    by_class: { a: 3, b: 2, c: 1, public: 1 },
    skipped: 4,
    in_repository: 1,
  },
} as const;

describe('castellan redaction status', () => {
  const daemonSays = (answer: object): Promise<void> =>
    listen(join(folder, 'agent.sock'), () => [
      { castellan: protocol, build: { version: '1', stamp: '' }, schema: 2, config: null, pid: 1, clients: 0 },
      answer,
    ]);

  it('tells what is masked and what is not, and fails when it is not current', async () => {
    await daemonSays({ known_values: known });
    const { code, text } = await run('redaction', 'status');
    expect(code).toBe(1);
    expect(text.split('\n')).toEqual([
      'values  stale · redaction required · generation g1 · heard of 3 s ago',
      '        Vault cannot be read: each answer says that they may be shown',
      '        7 values of 2 secrets in secret, looked at 200 s ago',
      '        class a 3, b 2, c 1, public 1 · never looked for: 4 · in the repository: 1',
      '        a secret that never was in Vault is not among them: patterns alone mask it, or nothing does',
      '        NOT COVERED secret/private : permission denied',
    ]);
  });

  it('passes while they are current', async () => {
    await daemonSays({ known_values: { mode: 'required', state: 'current', generation: 'g1' } });
    expect((await run('redaction', 'status')).code).toBe(0);
  });

  it('says that nothing is known where no Vault is configured', async () => {
    await daemonSays({});
    expect(await run('redaction', 'status')).toMatchObject({
      code: 0,
      text: expect.stringContaining('no Vault is configured'),
    });
  });

  it('fails where no daemon runs', async () => {
    expect(await run('redaction', 'status')).toMatchObject({
      code: 1,
      text: expect.stringContaining('no daemon runs'),
    });
  });

  it('says that calls are refused while nothing was ever loaded', () => {
    expect(knownValuesLines({ mode: 'required', state: 'missing', why: 'the keep is away' }).join('\n')).toContain(
      'every call is refused',
    );
    expect(knownValuesLines({ mode: 'degraded', state: 'missing' }).join('\n')).toContain('each answer says');
  });
});

describe('castellan redaction refresh', () => {
  const covered = {
    ...coverage,
    at: new Date().toISOString(),
    byClass: { a: 3, b: 2, c: 1, public: 1 },
    skipped: { count: 4, some: [] },
    inRepository: [],
  };

  it('says what is covered now, and what is not', () => {
    const text = refreshedLines({ state: 'ready', generation: 'g2', coverage: covered }).join('\n');
    expect(text).toContain('read again · generation g2');
    expect(text).toContain('7 values of 2 secrets');
    expect(text).toContain('NOT COVERED secret/private : permission denied');
  });

  it.each<[string, FingerprintsReply | undefined]>([
    ['there is no fingerprinter', { state: 'none' }],
    ['Vault cannot be read', { state: 'ready', why: 'Vault cannot be read', generation: 'g1', coverage: covered }],
    ['it answers something else', undefined],
  ])('fails when %s', (_, reply) => {
    expect(() => refreshedLines(reply)).toThrow(expect.objectContaining({ code: 'redaction-not-refreshed' }));
  });

  it('asks the keep of the keep.yaml it is given', async () => {
    const { code, text } = await run('--config', 'absent.yaml', 'redaction', 'refresh');
    expect(code).toBe(2);
    expect(text).toContain(join(folder, 'absent.yaml'));
  });
});
