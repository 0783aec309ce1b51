import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type KeepReply, type KeepRequest, keepReply, longestRequest } from '../../change/wire/protocol.ts';
import { type KeepSocketOptions, listenOnKeepSocket } from './listen.ts';
import { agentVerbs, humanVerbs } from './request.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keep-sock-')));
afterAll(() => rmSync(folder, { recursive: true }));

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const state: KeepReply['keep'] = { version: '1', boundary: 'separate user', problems: [] };

let opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened) await one[Symbol.asyncDispose]();
  opened = [];
});

let count = 0;
async function open(options: Partial<KeepSocketOptions> = {}): Promise<{ path: string; asked: KeepRequest[] }> {
  count += 1;
  const path = join(folder, `${count}`, 'keep.sock');
  const asked: KeepRequest[] = [];
  opened.push(
    await listenOnKeepSocket({
      path,
      mode: 0o660,
      verbs: agentVerbs,
      state: async () => state,
      answer: async (request) => {
        asked.push(request);
        return {};
      },
      log: silent,
      ...options,
    }),
  );
  return { path, asked };
}

const connect = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(path, () => resolve(socket));
    socket.once('error', reject);
  });

/** All that comes back until the connection is over. */
async function send(path: string, bytes: string | Buffer): Promise<string> {
  const socket = await connect(path);
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString('utf8');
  });
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}
const codeOf = async (path: string, bytes: string | Buffer): Promise<string | undefined> =>
  keepReply.parse(JSON.parse(await send(path, bytes))).error?.code;

const line = (request: object): string => `${JSON.stringify(request)}\n`;
const ofKeep = { verb: 'status', of: 'keep' };
const by = { agent: 'claude', human: 'alice' };

describe('keep.sock', () => {
  it('answers one request a connection, with the state of the keep', async () => {
    const { path, asked } = await open();
    expect(JSON.parse(await send(path, line(ofKeep)))).toEqual({ keep: state });
    expect(asked).toEqual([ofKeep]);
  });

  it.each([
    'approve',
    'apply',
    'thaw',
    'freeze',
    'adopt',
    'consent',
    'enrol',
    'unlock',
    'reveal',
    'sign',
    'Propose',
    'propose ',
    '__proto__',
    'constructor',
    'toString',
    '',
  ])('has no verb %j', async (verb) => {
    const { path, asked } = await open();
    const reply = keepReply.parse(JSON.parse(await send(path, line({ verb, kind: 'plan', by, stack: 'mail' }))));
    expect(reply.error).toMatchObject({ code: 'keep-verb-unknown', message: expect.stringContaining('propose') });
    expect(asked).toEqual([]);
  });

  it('takes no verb that is not text, or none', async () => {
    const { path, asked } = await open();
    for (const text of ['{}', '{"verb":["propose"]}', '{"verb":{"toString":"propose"}}', '{"verb":null}']) {
      expect(await codeOf(path, `${text}\n`)).toBe('keep-verb-unknown');
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['a list', '[{"verb":"status","of":"keep"}]'],
    ['nothing', ''],
    ['a number', '1'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b])],
    ['an unknown key', '{"verb":"status","of":"keep","force":true}'],
    ['a prototype', '{"verb":"status","of":"keep","__proto__":{"of":"runs"}}'],
    ['a constructor', '{"verb":"status","of":"keep","constructor":{"prototype":{}}}'],
    [
      'a NUL in a label',
      '{"verb":"withdraw","by":{"agent":"a\\u0000b","human":"h"},"id":"run_aaaaaaaaaaaaaaaaaaaaaaaaaa"}',
    ],
    [
      'a NUL in a patch',
      '{"verb":"propose","kind":"plan","by":{"agent":"a","human":"h"},"stack":"m","patch":"\\u0000"}',
    ],
    ['a stack that goes up', '{"verb":"propose","kind":"plan","by":{"agent":"a","human":"h"},"stack":"a/../b"}'],
    ['a wait without end', '{"verb":"status","of":"run","id":"run_aaaaaaaaaaaaaaaaaaaaaaaaaa","waitMs":1e9}'],
    ['two requests', '{"verb":"status","of":"keep"}\n{"verb":"status","of":"keep"}'],
    ['a request and more', '{"verb":"status","of":"keep"}\n{'],
  ])('does not take %s', async (_, bytes) => {
    const { path, asked } = await open();
    const code = await codeOf(path, Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]));
    expect(['keep-request-malformed', 'keep-verb-unknown']).toContain(code);
    expect(asked).toEqual([]);
  });

  it('does not take a line that is too long, and does not wait for its end', async () => {
    const { path, asked } = await open();
    expect(await codeOf(path, 'x'.repeat(longestRequest + 1))).toBe('keep-request-malformed');
    expect(await codeOf(path, `{"verb":"${'x'.repeat(longestRequest)}"}\n`)).toBe('keep-request-malformed');
    expect(asked).toEqual([]);
  });

  it('does not wait for who does not finish, and serves others meanwhile', async () => {
    const { path } = await open({ deadlineMs: 300 });
    const slow = await connect(path);
    const closed = new Promise((resolve) => slow.once('close', resolve));
    slow.write('{"verb":');
    expect(JSON.parse(await send(path, line(ofKeep)))).toEqual({ keep: state });
    await closed;
  });

  it('hears nothing that comes after a request', async () => {
    const gate = Promise.withResolvers<void>();
    const asked: KeepRequest[] = [];
    const { path } = await open({
      answer: async (request) => {
        asked.push(request);
        await gate.promise;
        return {};
      },
    });
    const socket = await connect(path);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', () => undefined);
    socket.write(line(ofKeep));
    await expect.poll(() => asked.length).toBe(1);
    socket.write(line({ verb: 'withdraw', by, id: `run_${'a'.repeat(26)}` }));
    gate.resolve();
    await closed;
    expect(asked).toEqual([ofKeep]);
  });

  it('serves so many at a time, and frees the place of who leaves', async () => {
    const seen: AbortSignal[] = [];
    const { path } = await open({
      connections: 2,
      answer: (_, signal) => {
        seen.push(signal);
        return new Promise(() => undefined);
      },
    });
    const waiting = [await connect(path), await connect(path)];
    for (const socket of waiting) socket.write(line(ofKeep));
    await expect.poll(() => seen.length).toBe(2);
    expect(await codeOf(path, '')).toBe('keep-busy');
    for (const socket of waiting) socket.destroy();
    await expect.poll(() => seen.every(({ aborted }) => aborted)).toBe(true);
  });

  it('says nothing of what went wrong inside, and sends nothing that is no reply', async () => {
    const { path } = await open({
      answer: async () => {
        throw new Error('the word that nobody may see');
      },
    });
    const said = await send(path, line(ofKeep));
    expect(said).not.toContain('nobody may see');
    expect(JSON.parse(said)).toMatchObject({ error: { code: 'keep-fault' } });
    const bad = { runs: [{ id: 'not a run', patch: 'raw words' }] };
    const { path: other } = await open({ answer: async () => JSON.parse(JSON.stringify(bad)) });
    const answer = await send(other, line(ofKeep));
    expect(answer).not.toContain('raw words');
    expect(JSON.parse(answer)).toMatchObject({ error: { code: 'keep-fault' } });
  });

  it('strips what a terminal would obey from the names of who asks', async () => {
    const { path, asked } = await open();
    await send(
      path,
      line({ verb: 'propose', kind: 'plan', by: { agent: 'a\u001b[31mb', human: '\u202eh' }, stack: 'm' }),
    );
    expect(asked).toMatchObject([{ by: { agent: 'ab', human: 'h' } }]);
  });

  it('is there for its group or its owner only, and is gone when it is closed', async () => {
    const { path } = await open();
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const { path: human } = await open({ mode: 0o600 });
    expect(statSync(human).mode & 0o777).toBe(0o600);
    expect(statSync(join(human, '..')).mode & 0o777).toBe(0o700);
    await opened.pop()?.[Symbol.asyncDispose]();
    expect(existsSync(human)).toBe(false);
  });

  it.each([
    ['everybody may write to', 0o777],
    ['everybody may write to, sticky or not', 0o1777],
    ['its group may write to', 0o770],
  ])('does not listen in a folder that %s', async (_, mode) => {
    const place = join(folder, `open-${mode}`);
    mkdirSync(place);
    chmodSync(place, mode);
    await expect(open({ path: join(place, 'keep.sock') })).rejects.toMatchObject({ code: 'keep-folder-unsafe' });
  });

  it('does not listen in a folder that is a link, or below one that others may write to', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'linked'));
    await expect(open({ path: join(folder, 'linked', 'keep.sock') })).rejects.toMatchObject({
      code: 'keep-folder-unsafe',
    });
    mkdirSync(join(folder, 'loose', 'inner'), { recursive: true });
    chmodSync(join(folder, 'loose'), 0o777);
    await expect(open({ path: join(folder, 'loose', 'inner', 'keep.sock') })).rejects.toMatchObject({
      code: 'keep-folder-unsafe',
    });
  });
});

describe('human.sock', () => {
  it('only shows: what humans decide is decided as root', async () => {
    const { path, asked } = await open({ verbs: humanVerbs, mode: 0o600 });
    expect(JSON.parse(await send(path, line(ofKeep)))).toEqual({ keep: state });
    for (const verb of ['propose', 'withdraw', 'consent', 'approve']) {
      expect(await codeOf(path, line({ verb, kind: 'plan', by, stack: 'm' }))).toBe('keep-verb-unknown');
    }
    expect(asked).toEqual([ofKeep]);
  });
});
