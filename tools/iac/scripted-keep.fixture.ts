import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeepReply, KeepRequest, KeepState } from '../../src/change/wire/protocol.ts';

export const calm: KeepState = {
  version: '1.0.0',
  boundary: 'separate user',
  trustedBase: { commit: 'a'.repeat(40), at: '2026-03-01T08:00:00.000Z', subject: 'mail: more memory' },
  ahead: 0,
  fetchedAt: '2026-03-01T09:59:00.000Z',
  problems: [],
  console: 'http://castellan.localhost:8790',
};

/** A keep that says what it is told to: a reply, or whatever it does to the connection. */
export type Script = (request: KeepRequest, connection: Socket) => Partial<KeepReply> | undefined;

export interface ScriptedKeep extends AsyncDisposable {
  readonly path: string;
  readonly directory: string;
  /** What it was asked, in order. */
  readonly asked: readonly KeepRequest[];
  script: Script;
}

export async function scriptedKeep(script: Script): Promise<ScriptedKeep> {
  const directory = mkdtempSync(join(tmpdir(), 'castellan-keep-'));
  const path = join(directory, 'keep.sock');
  const asked: KeepRequest[] = [];
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection);
    connection.on('error', () => undefined);
    connection.on('close', () => open.delete(connection));
    let text = '';
    connection.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (!text.includes('\n')) return;
      const request = JSON.parse(text) as KeepRequest;
      text = '';
      asked.push(request);
      const reply = keep.script(request, connection);
      if (reply !== undefined) connection.end(`${JSON.stringify({ keep: calm, ...reply })}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const keep: ScriptedKeep = {
    path,
    directory,
    asked,
    script,
    [Symbol.asyncDispose]: async () => {
      for (const connection of open) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return keep;
}
