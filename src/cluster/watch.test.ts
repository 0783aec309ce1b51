import { describe, expect, it } from 'vitest';
import { openRecordedApi } from '../../test/recorded/api.ts';
import type { JsonObject } from '../kit/index.ts';
import { silent } from '../redaction/no-redaction.fixture.ts';
import { connectCluster } from './connect.ts';
import type { Kind } from './kind.ts';
import type { WatchEvent } from './reader.ts';
import { listen, transportTo } from './transport/loopback.fixture.ts';
import { watchKind } from './watch.ts';
import { createObjectRedactor } from './withholding/object-redactor.ts';

const redactor = createObjectRedactor(silent);
const signal = new AbortController().signal;
const pods: Kind = {
  kind: 'Pod',
  group: '',
  version: 'v1',
  resource: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
};

const pod = (name: string): JsonObject => ({ kind: 'Pod', metadata: { name, namespace: 'web', resourceVersion: '7' } });
const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

/** The events of a watch whose server sends just this, and what it ends with. */
async function watched(...sent: readonly string[]): Promise<{ readonly events: WatchEvent[]; readonly code: string }> {
  await using server = await listen((_request, response) => {
    for (const piece of sent) response.write(piece);
    response.end();
  });
  await using transport = transportTo(server.url, 'token');
  const events: WatchEvent[] = [];
  try {
    for await (const event of watchKind(transport, redactor, pods, { shape: { data: true }, seconds: 1, signal })) {
      events.push(event);
    }
  } catch (error) {
    return { events, code: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  }
  return { events, code: 'ended' };
}

describe('a watch', () => {
  it('tells what came before a line that is none, and then that it is none', async () => {
    for (const broken of [
      '{"type":"ADDED","object":{"kind":"Pod","metadata":{"na',
      '{"type":"ADDED","object":{}}}\n',
      'not json\n',
      '[]\n',
      '"ADDED"\n',
      line('EXPLODED', pod('web-1')),
      line('ADDED', null),
      line('ADDED', []),
      line('ADDED', 'text'),
      '\n',
    ]) {
      const { events, code } = await watched(line('ADDED', pod('web-0')), broken);
      expect([broken, events.length, code]).toEqual([broken, 1, 'cluster-answer-unreadable']);
    }
  });

  it('does not keep a line of any length', async () => {
    const huge = `{"type":"ADDED","object":{"kind":"Pod","data":"${'x'.repeat(9 * 1024 * 1024)}"}}\n`;
    expect((await watched(huge)).code).toBe('cluster-answer-unreadable');
  });

  it('takes an object without a name or a version, which only looks odd', async () => {
    const { events, code } = await watched(line('ADDED', { metadata: 'none' }), line('BOOKMARK', {}));
    expect(code).toBe('ended');
    expect(events).toMatchObject([{ type: 'added', resourceVersion: '', object: { name: '' } }, { type: 'bookmark' }]);
  });

  it('drops a Secret that comes where none was asked for, and ends', async () => {
    const { events, code } = await watched(line('ADDED', { ...pod('db'), kind: 'Secret', data: { password: 'x' } }));
    expect(events).toEqual([]);
    expect(code).toBe('cluster-secret-refused');
  });

  it('says that its version is gone, apart from a server that failed', async () => {
    const status = (code: unknown): string => line('ERROR', { kind: 'Status', code });
    expect((await watched(line('ADDED', pod('a')), status(410))).code).toBe('cluster-list-expired');
    expect((await watched(status(500))).code).toBe('cluster-failing');
    expect((await watched(status('410'))).code).toBe('cluster-failing');
  });

  it('from a version the API server has forgotten ends so that one lists again', async () => {
    await using api = await openRecordedApi();
    await using connection = await connectCluster(
      { kubeconfig: api.kubeconfig, deadlineMs: 5_000 },
      { redactor: silent },
    );
    const { reader } = connection;
    const { resourceVersion } = await reader.list(pods, { shape: 'metadata', signal });
    api.forgetLists();
    const again = reader.watch(pods, { resourceVersion, shape: {}, seconds: 2, signal });
    await expect(again[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'cluster-list-expired' });
  });
});
