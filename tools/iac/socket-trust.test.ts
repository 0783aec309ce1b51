import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertOnlyTheKeepsOwn } from './socket-trust.ts';

let home = '';
let server: Server;
const user = process.geteuid?.() ?? 0;
const socket = (): string => join(home, 'agents', 'keep.sock');

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'castellan-trust-'));
  mkdirSync(join(home, 'agents'), { mode: 0o755 });
  server = createServer();
  await new Promise<void>((resolve) => server.listen(socket(), resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

const judge = (as = user): unknown => {
  try {
    assertOnlyTheKeepsOwn(socket(), as);
    return 'trusted';
  } catch (error) {
    return error;
  }
};

describe("the keep's socket", () => {
  it('is trusted where nobody but its owner and root can put one, in the sticky /tmp too if the folder there is ours', () => {
    expect(judge()).toBe('trusted');
  });

  it.each([
    ['the world', 0o777],
    ['a group', 0o775],
  ])('is refused in a folder into which %s may write', (_, mode) => {
    chmodSync(join(home, 'agents'), mode);
    expect(judge()).toMatchObject({
      code: 'keep-socket-untrusted',
      message: expect.stringContaining('others may write'),
    });
  });

  it('is refused in a world-writable folder even if sticky, when whoever made it there is neither root nor us', () => {
    chmodSync(home, 0o1777);
    expect(judge()).toBe('trusted');
    // As another user sees it: the owner could be anybody who came first.
    const verdict = judge(user + 1);
    if (user === 0) expect(verdict).toBe('trusted');
    else expect(verdict).toMatchObject({ code: 'keep-socket-untrusted' });
  });

  it('is refused when it is a link, or no socket at all', () => {
    const link = join(home, 'agents', 'link.sock');
    symlinkSync(socket(), link);
    expect(() => assertOnlyTheKeepsOwn(link, user)).toThrowError(/is a link/);
    const file = join(home, 'agents', 'file.sock');
    writeFileSync(file, '');
    expect(() => assertOnlyTheKeepsOwn(file, user)).toThrowError(/is no socket/);
  });

  it('is refused behind a link to a folder that others may write into', () => {
    chmodSync(join(home, 'agents'), 0o777);
    symlinkSync(join(home, 'agents'), join(home, 'nice'));
    expect(() => assertOnlyTheKeepsOwn(join(home, 'nice', 'keep.sock'), user)).toThrowError(/others may write/);
  });

  it('throws what the system says when there is none', () => {
    expect(() => assertOnlyTheKeepsOwn(join(home, 'agents', 'none.sock'), user)).toThrowError(/ENOENT/);
  });

  it('is refused in a folder of a third user, where this test may give files away', () => {
    if (user !== 0) return expect(lstatSync(socket()).uid).toBe(user);
    chownSync(socket(), 61_001, 61_001);
    chownSync(join(home, 'agents'), 61_002, 61_002);
    expect(judge()).toMatchObject({ code: 'keep-socket-untrusted', message: expect.stringContaining('uid 61002') });
    chownSync(join(home, 'agents'), 61_001, 61_001);
    // Root made the folder above, so root chose whose it is.
    expect(judge()).toBe('trusted');
    chownSync(home, 61_001, 61_001);
    // 61001 itself came first in /tmp.
    expect(judge()).toMatchObject({ code: 'keep-socket-untrusted' });
    expect(judge(61_001)).toBe('trusted');
  });
});
