import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAll, ScratchCastellan } from './scratch-castellan.ts';

const noise = pathToFileURL(join(import.meta.dirname, 'print-everywhere.fixture.ts')).href;
const message = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

let castellan: ScratchCastellan;
beforeEach(() => {
  castellan = new ScratchCastellan();
});
afterEach(() => castellan[Symbol.asyncDispose]());

describe('stdout of `castellan mcp`', () => {
  it('carries protocol messages only, whatever its dependencies print', async () => {
    const shim = castellan.start('mcp', [], { NODE_OPTIONS: `--import=${noise}` });
    const stderr = readAll(shim.stderr);
    const lines: string[] = [];
    const answered = Promise.withResolvers<void>();
    shim.once('close', () => answered.reject(new Error('castellan mcp ended before it answered')));
    createInterface({ input: shim.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"id":3')) answered.resolve();
    });
    const clientInfo = { name: 'suite', version: '1' };
    const asked = [
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
      { method: 'notifications/initialized' },
      { id: 2, method: 'prompts/list' },
      { id: 3, method: 'resources/read', params: { uri: 'castellan://status' } },
    ];
    for (const one of asked) shim.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`);
    await answered.promise;
    shim.stdin.end();

    // The noise was made; it went where it harms nobody.
    expect(await stderr).toContain('noise: a warning of no interest');
    const messages = lines.map((line) => message.parse(JSON.parse(line)));
    expect(messages.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it("does not hand the session's environment to the daemon it starts", async () => {
    const shim = castellan.start('mcp', [], { NODE_OPTIONS: `--import=${noise}` });
    await expect.poll(() => castellan.daemon(), { timeout: 20_000 }).toBeDefined();
    shim.stdin.end();
    expect((await castellan.run('status')).stdout).toContain('store');
    expect(readFileSync(join(castellan.home, 'daemon.log'), 'utf8')).not.toContain('noise');
  });
});
