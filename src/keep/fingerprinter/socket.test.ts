import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { connectFingerprinter, withoutFingerprinter } from './client.ts';
import { fingerprinterReply, fingerprinterRequest, longestRequest } from './protocol.ts';
import { runFingerprinter } from './run.ts';
import {
  FingerprinterScratch,
  make,
  never,
  randomValue,
  ScriptedVault,
  silent,
  vaultSaid,
} from './scripted-vault.fixture.ts';
import { assertOnlyTheFingerprinters } from './socket-trust.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function run(vault: ScriptedVault, scratch = opened.use(new FingerprinterScratch()), config = scratch.config()) {
  const { socket } = config;
  const options = { config, vault, make, version: '1', problems: [], log: silent, loaded: () => undefined };
  const running = opened.use(await runFingerprinter(options));
  return { socket, scratch, running };
}

const client = (socket: string) => opened.use(connectFingerprinter({ socket, log: silent, pauseMs: 20 }));

/** All that comes back until the connection is over. */
function send(path: string, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(bytes));
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk.toString('utf8');
    });
    socket.once('error', (error) => ('code' in error && error.code === 'EPIPE' ? undefined : reject(error)));
    socket.once('close', () => resolve(said));
  });
}

const mail = { mount: 'secret', path: 'apps/mail' };
const password = { ...mail, key: 'password' };

describe('the fingerprinter’s socket', () => {
  it('gives the keep fingerprints, history, comparisons, and takes words and refreshes', async () => {
    const vault = new ScriptedVault();
    const value = randomValue();
    vault.write('secret/apps/mail', { password: value });
    vault.write('secret/apps/web', { smtp: value });
    const { socket } = await run(vault);
    const keep = client(socket);
    const first = await keep.fingerprints(undefined, 30_000, never);
    expect(first).toMatchObject({ state: 'ready', set: { generation: first.generation }, coverage: { secrets: 2 } });
    expect(await keep.fingerprints(first.generation, 0, never)).not.toHaveProperty('set');
    expect(await keep.history(mail, never)).toMatchObject({
      keys: [{ key: 'password', sameAs: ['secret/apps/web#smtp'] }],
    });
    const smtp = { mount: 'secret', path: 'apps/web', key: 'smtp' };
    expect(await keep.compare(password, smtp, never)).toMatchObject({
      outcome: 'equal',
      leftVersion: 1,
      rightVersion: 1,
    });
    vault.write('secret/apps/web', { smtp: randomValue() });
    await keep.refresh({ mount: 'secret', path: 'apps/web' }, never);
    expect(await keep.fingerprints(first.generation, 0, never)).toHaveProperty('set');
    expect(await keep.compare(smtp, password, never)).toMatchObject({ outcome: 'different', equalsVersion: 1 });
    await keep.publish('b'.repeat(40), [
      'one',
      'two',
      ...Array.from({ length: 30_000 }, (_, index) => `word-${index}`),
    ]);
    const state = fingerprinterReply.parse(JSON.parse(await send(socket, '{"verb":"state"}\n'))).state;
    expect(state).toMatchObject({ state: 'ready', published: 'b'.repeat(40) });
  });

  it('is for its user and group alone', async () => {
    const { socket } = await run(new ScriptedVault());
    expect(statSync(socket).mode & 0o777).toBe(0o660);
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
  });

  it('has no field for a value, and does what it is asked in no other words', async () => {
    const { socket } = await run(new ScriptedVault());
    const value = randomValue();
    const bad = [
      { verb: 'compare', left: password, right: value },
      { verb: 'compare', left: password, right: { value } },
      { verb: 'compare', left: { ...password, value }, right: password },
      { verb: 'compare', left: mail, right: password },
      { verb: 'read', secret: password },
      { verb: 'reveal', secret: password },
      { verb: 'history', secret: { mount: 'secret', path: '../sys' } },
      { verb: 'history', secret: { mount: 'secret', path: 'apps//mail' } },
      { verb: 'history', secret: { mount: 'secret/data', path: './apps' } },
      { verb: 'refresh', secret: mail, wait: true },
      { verb: 'publish', commit: 'main', part: 1, parts: 1, words: [] },
      { verb: 'publish', commit: 'a'.repeat(40), part: 2, parts: 1, words: [] },
      { verb: 'fingerprints', waitMs: 1e9 },
    ];
    for (const request of bad) {
      const said = await send(socket, `${JSON.stringify(request)}\n`);
      expect(JSON.parse(said)).toMatchObject({ error: { code: 'fingerprinter-malformed' } });
      expect(said).not.toContain(value);
    }
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['nothing', '\n'],
    ['a list', '[{"verb":"state"}]\n'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b, 0x0a])],
    ['two requests', '{"verb":"state"}\n{"verb":"state"}\n'],
    ['a prototype', '{"verb":"state","__proto__":{"x":1}}\n'],
    ['a line that is too long', `${'x'.repeat(longestRequest + 1)}\n`],
    ['a line that is too long and has no end', 'x'.repeat(longestRequest + 1)],
  ])('refuses %s and serves the next', async (_, bytes) => {
    const { socket } = await run(new ScriptedVault());
    expect(JSON.parse(await send(socket, bytes))).toMatchObject({ error: { code: 'fingerprinter-malformed' } });
    expect(JSON.parse(await send(socket, '{"verb":"state"}\n'))).toHaveProperty('state');
  });

  it('parses anything into a request or nothing, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const parsed = fingerprinterRequest.safeParse(json);
        expect(parsed.success ? parsed.data : json).toEqual(json);
      }),
    );
  });

  it('says nothing of a fault inside but that there was one', async () => {
    const vault = new ScriptedVault();
    const { socket } = await run(vault);
    const keep = client(socket);
    await keep.fingerprints(undefined, 30_000, never);
    const value = randomValue();
    vault.metadata = async () => {
      throw new Error(`a driver that quotes ${value}`);
    };
    const said = await send(socket, `${JSON.stringify({ verb: 'history', secret: mail })}\n`);
    expect(JSON.parse(said)).toMatchObject({ error: { code: 'fingerprinter-fault' } });
    expect(said).not.toContain(value);
  });

  it('belongs to one: a second is refused, by its socket or its state', async () => {
    const { scratch, socket } = await run(new ScriptedVault());
    await expect(run(new ScriptedVault(), scratch)).rejects.toMatchObject({ code: 'data-locked' });
    const elsewhere = scratch.config({ stateDirectory: join(scratch.folder, 'state-2') });
    await expect(run(new ScriptedVault(), scratch, elsewhere)).rejects.toMatchObject({ code: 'fingerprinter-busy' });
    expect(JSON.parse(await send(socket, '{"verb":"state"}\n'))).toHaveProperty('state');
  });
});

describe('the keep’s side of it', () => {
  it('keeps the last set while the fingerprinter is away, and says so', async () => {
    const scratch = opened.use(new FingerprinterScratch());
    const vault = new ScriptedVault();
    vault.write('secret/apps/mail', { password: randomValue() });
    const { socket, running } = await run(vault, scratch);
    const keep = client(socket);
    const { set, generation } = await keep.fingerprints(undefined, 30_000, never);
    await running[Symbol.asyncDispose]();
    expect(await keep.fingerprints(undefined, 0, never)).toMatchObject({ state: 'away', set, generation });
    expect(await keep.fingerprints(generation, 0, never)).not.toHaveProperty('set');
    await expect(keep.history(mail, never)).rejects.toMatchObject({ code: 'fingerprinter-away' });
    const waiting = keep.fingerprints(generation, 30_000, never);
    await run(vault, scratch);
    const back = await waiting;
    expect(back).toMatchObject({ state: 'ready' });
    expect(back.generation).not.toBe(generation);
  });

  it('gives back the errors of Vault as they are', async () => {
    const vault = new ScriptedVault();
    const { socket } = await run(vault);
    const keep = client(socket);
    await keep.fingerprints(undefined, 30_000, never);
    vault.down = vaultSaid('vault-sealed');
    await expect(keep.history(mail, never)).rejects.toMatchObject({ code: 'vault-sealed' });
    expect(await keep.compare(password, password, never)).toMatchObject({
      outcome: 'unknown',
      why: expect.stringContaining('sealed'),
    });
  });

  it('says that there is none where keep.yaml names none', async () => {
    using none = withoutFingerprinter();
    expect(await none.fingerprints(undefined, 0, never)).toEqual({ state: 'none' });
    await expect(none.history(mail, never)).rejects.toMatchObject({ code: 'fingerprinter-none' });
  });

  it.each([
    ['another word', '{"pong":true}\n'],
    ['half a line', '{"state":'],
    ['nothing', ''],
    ['a set that is none', '{"fingerprints":{"state":"ready","set":{"generation":""}}}\n'],
    ['more than a reply has', `${'x'.repeat(9 * 1024 * 1024)}\n`],
  ])('takes what answers with %s for one that is away', async (_, bytes) => {
    const scratch = opened.use(new FingerprinterScratch());
    const path = join(scratch.folder, 'fp.sock');
    const server = await listening(path, bytes);
    opened.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const reply = await client(path).fingerprints(undefined, 0, never);
    expect(reply).toMatchObject({ state: 'away', why: expect.stringContaining(path) });
    expect(reply).not.toHaveProperty('set');
  });

  it('believes no socket that somebody else could have put there', async () => {
    const scratch = opened.use(new FingerprinterScratch());
    const open = join(scratch.folder, 'open');
    mkdirSync(open);
    const path = join(open, 'fp.sock');
    const server = await listening(path, '{"done":true}\n');
    opened.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
    assertOnlyTheFingerprinters(path);
    for (const mode of [0o777, 0o770, 0o1777]) {
      chmodSync(open, mode);
      if (mode === 0o1777) continue;
      await expect(client(path).refresh(undefined, never)).rejects.toMatchObject({
        code: 'fingerprinter-socket-untrusted',
      });
    }
    // In a sticky folder what is ours cannot be exchanged; what is another user's is not believed.
    const { uid } = statSync(path);
    assertOnlyTheFingerprinters(path, uid);
    // As root it is given away; as anybody else it is looked at with other eyes.
    if (uid === 0) chownSync(path, 12_345, 12_345);
    expect(() => assertOnlyTheFingerprinters(path, uid === 0 ? 0 : uid + 1)).toThrow('others may write');
  });

  it('follows no link to a socket', () => {
    const folder = mkdtempSync('/tmp/castellan-fp-link-');
    symlinkSync('/run/elsewhere.sock', join(folder, 'fp.sock'));
    expect(() => assertOnlyTheFingerprinters(join(folder, 'fp.sock'))).toThrow('is a link');
    rmSync(folder, { recursive: true });
  });
});

function listening(path: string, bytes: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(bytes));
    });
    server.listen(path, () => resolve(server));
  });
}
