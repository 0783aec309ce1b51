import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { defineErrors } from '../kit/index.ts';
import { DaemonUnreachable } from '../server/shim/daemon-link.ts';
import { runCommand } from './run-command.ts';

const token = `hvs.${randomBytes(24).toString('base64url')}`;
const sampleError = defineErrors({
  'sample-failed': { audience: 'operator', meaning: 'Only a test.' },
  'config-sample': { audience: 'operator', meaning: 'Only a test.' },
});

async function ended(error?: Error, ...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const lines = { out: [] as string[], err: [] as string[] };
  const terminal = {
    out: (line: string) => void lines.out.push(line),
    err: (line: string) => void lines.err.push(line),
    colour: false,
    interactive: false,
  };
  const program = new Command('castellan').argument('[word]').action(async () => {
    if (error !== undefined) throw error;
  });
  const code = await runCommand(program, words, terminal);
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}

describe('how a command ends', () => {
  it('is 0 when it did what it should, and when help was asked for', async () => {
    expect(await ended()).toEqual({ code: 0, out: '', err: '' });
    expect(await ended(undefined, '--help')).toMatchObject({ code: 0, out: expect.stringContaining('Usage:') });
  });

  it('is 2 for wrong usage, said on stderr', async () => {
    expect(await ended(undefined, '--no-such')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no-such'),
    });
  });

  it.each([
    ['an error of ours', sampleError('sample-failed', { message: `failed with ${token}`, next: 'do this' }), 1],
    ['a wrong configuration', sampleError('config-sample', { message: `has ${token}`, next: 'do this' }), 2],
    ['a daemon that cannot be reached', new DaemonUnreachable(`its log ends: ${token}`), 1],
    ['a fault', new TypeError(`driver said ${token}`), 1],
  ])('is told in words without the secret in them: %s', async (_, error, expected) => {
    const { code, out, err } = await ended(error);
    expect([code, out]).toEqual([expected, '']);
    expect(err).toContain('«redacted:');
    expect(err).not.toContain(token);
  });

  it('shows of a fault its stack and nothing a driver hung on it', async () => {
    const driver = Object.assign(new Error('no answer'), { request: { headers: { cookie: 'a=b' } } });
    const { err } = await ended(driver);
    expect(err).toMatch(/^this is a fault of Castellan: Error: no answer\n +at /);
    expect(err).not.toContain('cookie');
  });
});
