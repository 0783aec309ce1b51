import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openRecordedApi } from '../recorded/api.ts';

/** The recorded API behind a relay that never answers when it is asked for pods: that call waits for as long as it may. */
export interface ReluctantCluster extends AsyncDisposable {
  readonly kubeconfig: string;
  /** Resolves when pods are asked for; what it gives resolves when whoever asked has gone. */
  asked(): Promise<{ readonly gone: Promise<unknown> }>;
}

/** Keeps its kubeconfig in `directory`. */
export async function reluctantCluster(directory: string): Promise<ReluctantCluster> {
  const api = await openRecordedApi();
  const asked = Promise.withResolvers<{ readonly gone: Promise<unknown> }>();
  const relay = createServer((given, answer) => {
    if (given.url?.includes('/pods') === true) {
      asked.resolve({ gone: new Promise((resolve) => answer.once('close', resolve)) });
      return;
    }
    const onward = httpRequest(new URL(given.url ?? '', api.server), { method: given.method, headers: given.headers });
    onward.once('response', (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    given.pipe(onward);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const { port } = relay.address() as AddressInfo;
  const kubeconfig = join(directory, 'reluctant.kubeconfig');
  const content = readFileSync(api.kubeconfig, 'utf8').replaceAll(api.server, `http://127.0.0.1:${port}`);
  writeFileSync(kubeconfig, content, { mode: 0o600 });
  return {
    kubeconfig,
    asked: () => asked.promise,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => relay.close(resolve));
      relay.closeAllConnections();
      await closed;
      await api[Symbol.asyncDispose]();
    },
  };
}
