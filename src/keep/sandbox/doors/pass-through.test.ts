import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPassThrough } from './pass-through.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-door-'));
const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
beforeAll(() => new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
  await new Promise((resolve) => echo.close(resolve));
  rmSync(folder, { recursive: true });
});
const to = () => ({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });

describe('a door to one address', () => {
  it('passes everything on, both ways, to the last byte', async () => {
    await using door = await startPassThrough({ socketPath: join(folder, 'a.sock'), to: to() });
    expect(statSync(door.socket).mode & 0o777).toBe(0o600);
    const socket = connect(door.socket);
    const sent = 'x'.repeat(1_000_000);
    socket.end(sent);
    expect(await text(socket)).toBe(sent);
  });

  it('breaks off what is connected when it closes, and leaves nothing', async () => {
    const door = await startPassThrough({ socketPath: join(folder, 'b.sock'), to: to() });
    const socket = connect(door.socket);
    socket.write('hello');
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await door[Symbol.asyncDispose]();
    await closed;
    expect(existsSync(door.socket)).toBe(false);
  });

  it('breaks off at once when there is nobody', async () => {
    await using door = await startPassThrough({
      socketPath: join(folder, 'c.sock'),
      to: { host: '127.0.0.1', port: 1 },
    });
    expect(await text(connect(door.socket)).catch(() => '')).toBe('');
  });

  it('is not opened where something is, nor by a path the kernel would cut', async () => {
    writeFileSync(join(folder, 'd.sock'), '');
    for (const name of ['d.sock', `${'x'.repeat(120)}.sock`]) {
      await expect(startPassThrough({ socketPath: join(folder, name), to: to() })).rejects.toMatchObject({
        code: 'sandbox-door-failed',
      });
    }
  });
});
