import { randomBytes, randomInt } from 'node:crypto';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { createFingerprinter } from '../redaction/known/fingerprint.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { redactingHandler } from './choke-point.ts';

const token = `hvs.${randomBytes(24).toString('base64url')}`;
const request = new Request('http://127.0.0.1/mcp', { method: 'POST' });

const longValue = Array.from({ length: 6 }, () => randomBytes(3).toString('hex')).join('-');
const shortValue = `Quay-${randomInt(100_000, 999_999)}`;
const label = { mount: 'secret', path: 'apps/mail', key: 'password', version: 3 };

function knowing(): ReturnType<typeof createRedactor> {
  const known = createKnownValues();
  const values = [
    { value: longValue, class: 'a', label },
    { value: shortValue, class: 'b', label },
  ] as const;
  known.load(createFingerprinter().of(values, 'g1'));
  const redactor = createRedactor();
  redactor.addLayer(known.layer);
  return redactor;
}

const answering = (response: () => Response): Pick<McpHttpHandler, 'fetch'> =>
  redactingHandler({ fetch: async () => response() } as unknown as McpHttpHandler, knowing());

const frame = (text: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } });

describe('the choke point over HTTP', () => {
  it('redacts a JSON answer whatever produced it', async () => {
    const { fetch } = answering(
      () => new Response(frame(`token ${token}`), { headers: { 'content-type': 'application/json' } }),
    );
    const body = await (await fetch(request)).text();
    expect(body).not.toContain(token);
    expect(JSON.parse(body)).toMatchObject({ jsonrpc: '2.0', id: 1 });
  });

  it.each([
    ['JSON', frame],
    ['a text', (text: string) => text],
  ])('masks what nobody guesses and names it to nobody, and answers no guess, in %s', async (_, bodyOf) => {
    const { fetch } = answering(() => new Response(bodyOf(`sent ${shortValue}, printed ${longValue}`)));
    const body = await (await fetch(request)).text();
    expect(body).not.toContain(longValue);
    expect(body).not.toContain('apps/mail');
    expect(body).toContain(`sent ${shortValue}, printed «redacted:`);
  });

  it('keeps the label that redaction put where others wrote it', async () => {
    const { text } = knowing().text(`printed ${shortValue}`);
    expect(text).toContain('«secret:secret/apps/mail#password@v3»');
    const { fetch } = answering(() => new Response(frame(text)));
    expect(JSON.parse(await (await fetch(request)).text())).toEqual(JSON.parse(frame(text)));
  });

  it('redacts an error body that is not JSON', async () => {
    const { fetch } = answering(() => new Response(`upstream said ${token}`, { status: 500 }));
    const response = await fetch(request);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(token);
  });

  it('redacts events of a stream, also when chunks cut a token or a character in two', async () => {
    const events = `event: message\nid: 7\ndata: ${frame(`é ${token}`)}\n\n: keep-alive\n\ndata: ${frame('second')}\n\n`;
    const bytes = new TextEncoder().encode(events);
    for (const size of [1, 7, 64, bytes.length]) {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const { fetch } = answering(() => new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
      const text = await (await fetch(request)).text();
      expect(text).not.toContain(token.slice(4, 20));
      expect(text).toContain('é ');
      expect(text).toContain('id: 7');
      expect(text).toContain(': keep-alive');
      expect(text).toContain('second');
    }
  });
});
