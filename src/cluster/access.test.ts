import { describe, expect, it } from 'vitest';
import { askAccess } from './access.ts';
import { listen, transportTo } from './transport/loopback.fixture.ts';

const { signal } = new AbortController();

async function answered(body: string): Promise<{ readonly allowed: Promise<boolean> }> {
  await using server = await listen((_request, response) => response.writeHead(201).end(body));
  await using transport = transportTo(server.url, 'token');
  const allowed = askAccess(
    transport,
    { verb: 'get', resource: 'pods', subresource: 'log', namespace: 'shop' },
    signal,
  );
  await allowed.catch(() => undefined);
  return { allowed };
}

describe('a question about a right', () => {
  it.each([true, false])('is answered with what the API server says: %s', async (allowed) => {
    expect(await (await answered(JSON.stringify({ status: { allowed } }))).allowed).toBe(allowed);
  });

  it.each(['{}', '{"status":{}}', '{"status":{"allowed":"true"}}', '{"status":{"denied":false}}', '{"status":null}'])(
    'is not answered by %s, so nothing is taken for allowed',
    async (body) => {
      await expect((await answered(body)).allowed).rejects.toMatchObject({ code: 'cluster-answer-unreadable' });
    },
  );
});
