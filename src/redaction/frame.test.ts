import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCursors, renderAnswer, text, Untrusted } from '../kit/index.ts';
import { createRandom } from './fixtures/random.ts';
import { residue } from './fixtures/residue.ts';
import { drawSamples, type NamedSample } from './fixtures/samples.ts';
import { createRedactor, redactFrame } from './index.ts';

const redactor = createRedactor();
const shapes = drawSamples(createRandom(21));
const shape = (rule: string): NamedSample => {
  const found = shapes.find((one) => one.rule === rule);
  if (found === undefined) throw new Error(`no sample of ${rule}`);
  return found;
};
const github = shape('github');

/** Where cursors come from. */
const page = createCursors(new Uint8Array(32).fill(7)).pageFor(
  {
    tool: 'kubectl_get',
    input: {},
    principal: { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: [] },
  },
  undefined,
  new Date(0),
);

describe('a frame on its way out', () => {
  it('keeps what the peer needs and redacts the rest, wherever a secret stands', () => {
    const places: ((secret: string) => object)[] = [
      (secret) => ({ jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text: `log: ${secret}` }] } }),
      (secret) => ({
        jsonrpc: '2.0',
        id: 'a',
        result: { structuredContent: { rows: [{ line: secret }], [secret]: 1 } },
      }),
      (secret) => ({ jsonrpc: '2.0', id: 7, error: { code: -32603, message: secret, data: { cause: [secret] } } }),
      (secret) => ({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: 3, progress: 1, message: secret },
      }),
      (secret) => ({
        jsonrpc: '2.0',
        method: 'notifications/message',
        params: { level: 'info', data: { err: secret } },
      }),
      (secret) => ({
        jsonrpc: '2.0',
        id: 7,
        result: { contents: [{ uri: `castellan://x/${encodeURIComponent(secret)}`, text: secret }] },
      }),
      (secret) => ({
        jsonrpc: '2.0',
        id: 7,
        result: { messages: [{ role: 'user', content: { type: 'text', text: secret } }] },
      }),
      (secret) => ({ jsonrpc: '2.0', id: 7, result: { _meta: { note: secret } } }),
    ];
    for (const place of places) {
      for (const { text: secret, body } of shapes) {
        const frame = place(secret) as Record<string, unknown>;
        const shown = redactFrame(redactor, frame);
        expect(residue(JSON.stringify(shown), body), JSON.stringify(shown)).toBeUndefined();
        for (const field of ['jsonrpc', 'id', 'method']) expect(shown[field]).toBe(frame[field]);
        expect(Object.keys(shown)).toEqual(Object.keys(frame));
      }
    }
  });

  it('passes the progress token, request id and version a peer chose, in their own place only', () => {
    const chosen = github.text;
    const frame = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: {
        requestId: chosen,
        progressToken: chosen,
        _meta: { progressToken: chosen },
        reason: chosen,
        data: { progressToken: chosen },
      },
    };
    expect(redactFrame(redactor, frame).params).toEqual({
      requestId: chosen,
      progressToken: chosen,
      _meta: { progressToken: chosen },
      reason: '«redacted:github»',
      data: { progressToken: '«redacted:github»' },
    });
  });

  it('does not let an object pass in the place of a progress token', () => {
    const frame = { jsonrpc: '2.0', method: 'x', params: { progressToken: { inner: github.text } } };
    expect(JSON.stringify(redactFrame(redactor, frame))).not.toContain(github.body);
  });

  it('leaves a frame without secrets alone, with its cursor and its tool list', () => {
    const cursor = page.mint({
      after: 'default/app-7d9f8b7c6d-x7k2p',
      continue: 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTIzfQ',
    });
    const frame = {
      jsonrpc: '2.0',
      id: 1,
      result: {
        nextCursor: cursor,
        structuredContent: { next_cursor: cursor, truncated: true },
        content: [{ type: 'text', text: `showing 10/20 · next_cursor: ${cursor} · narrow with namespace=…` }],
        tools: [
          {
            name: 'vault_list',
            description: 'Lists secrets by name; never a value.',
            inputSchema: { type: 'object', properties: { password: { type: 'string' } } },
          },
        ],
      },
    };
    expect(redactFrame(redactor, frame)).toEqual(frame);
  });

  it('leaves every cursor alone: no signature looks like a token by chance', () => {
    const cut = Array.from({ length: 30_000 }, (_, at) => page.mint(at)).filter(
      (cursor) => redactor.text(cursor).text !== cursor,
    );
    expect(cut).toEqual([]);
  });

  it('changes nothing in an answer the renderer redacted', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...shapes), { minLength: 1, maxLength: 5 }), fc.string(), (some, words) => {
        const answer = text({
          asOf: new Date(0),
          coverage: { covered: 'one log' },
          blocks: [words, ...some.map((one) => new Untrusted(`before ${one.text} after`))],
        });
        const rendered = renderAnswer(answer, {
          budget: 24_000,
          redact: redactor.text,
          redactAgent: redactor.agentText,
          redactOwn: redactor.text,
        });
        const frame = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: rendered.text }] } };
        expect(redactFrame(redactor, frame)).toEqual(frame);
        for (const { body } of some) expect(residue(rendered.text, body)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('redacts every message of a batch', () => {
    const batch = [{ jsonrpc: '2.0', id: 1, result: { a: github.text } }];
    expect(redactFrame(redactor, batch)).toEqual([{ jsonrpc: '2.0', id: 1, result: { a: '«redacted:github»' } }]);
  });
});
