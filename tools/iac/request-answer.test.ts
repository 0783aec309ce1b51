import { expect, it } from 'vitest';
import type { RequestView } from '../../src/change/wire/secret.ts';
import { renderAnswer } from '../../src/kit/index.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import type { Redactor } from '../../src/redaction/redactor.ts';
import { requestOf } from './change.fixture.ts';
import { requestAnswer } from './request-answer.ts';
import { calm } from './scripted-keep.fixture.ts';

const now = new Date('2026-03-01T10:00:00.000Z');

function told(request: RequestView, { text, agentText }: Pick<Redactor, 'text' | 'agentText'>): string {
  const redactions = { redact: text, redactAgent: agentText, redactOwn: text };
  const rendered = renderAnswer(requestAnswer({ request, keep: calm, now }), { budget: 8_000, ...redactions });
  return rendered.text.replace(/untrusted [0-9a-f]{12}/g, 'untrusted …');
}

const states = ['waiting', 'signed', 'done', 'failed', 'rejected', 'expired', 'withdrawn'] as const;
const names = ['password', 'token', 'api_key', 'secret'];

it.each(names.flatMap((name) => states.map((state) => [name, state] as const)))(
  'redaction takes nothing of a request for #%s that is %s: a name is no value',
  (key, state) => {
    const of = { mount: 'secret', path: `apps/${key}`, key };
    for (const kind of ['reveal', 'write'] as const) {
      const request = requestOf({ wish: { kind, of }, state, by: 'ada', madeVersion: 4, why: 'Vault did not answer' });
      const plain = told(request, silent);
      expect(told(request, createRedactor())).toBe(plain);
      // Once more as a whole, as the frame it leaves in is redacted.
      expect(createRedactor().value({ text: plain }, 'agent').value.text).toBe(plain);
    }
  },
);
