import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { maskDiagnostics } from './mask-diagnostics.ts';
import { maskPlan } from './mask-plan.ts';
import { optionsWith, planJson, type WrittenChange, type WrittenSource, waysToWrite } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

/**
 * Plans with secrets under marks, and copies of them in every form at random places without a mark, before sources that say
 * anything is literal: whatever the first layer believes, no secret leaves.
 */
const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+="\\ %_.:';
const secretText = fc
  .array(fc.constantFrom(...alphabet), { minLength: 12, maxLength: 32 })
  .map((characters) => `Q${characters.join('').replace(/ +$/, '')}z9`);

const forms: readonly ((secret: string) => unknown)[] = [
  (secret) => secret,
  (secret) => `before ${secret} behind`,
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(`u:${secret}`).toString('base64url'),
  (secret) => Buffer.from(`ab${secret}yz`).toString('base64'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => encodeURIComponent(secret),
  (secret) => JSON.stringify({ a: secret }),
  (secret) => ({ [secret]: 1 }),
  (secret) => [1, { deep: [secret] }],
  (secret) => stringify({ a: { b: secret, c: 1 } }),
  (secret) => ({ kind: 'Secret', stringData: { a: secret } }),
];

interface Case {
  readonly secret: string;
  readonly changes: readonly WrittenChange[];
  readonly more: Readonly<Record<string, unknown>>;
  readonly source: WrittenSource;
}

const place = fc.constantFrom(
  'address',
  'previous',
  'before',
  'after',
  'attribute',
  'replacePath',
  'output',
  'drift',
  'import',
  'none',
);
const markedAt = fc.constantFrom('variable', 'change', 'before', 'prior', 'output', 'document');

const cases: fc.Arbitrary<Case> = fc
  .record({
    secret: secretText,
    form: fc.constantFrom(...forms),
    place,
    markedAt,
    source: fc.record({ literals: fc.constantFrom<'*' | readonly string[]>('*', []), hasLiteralKeys: fc.boolean() }),
  })
  .map(({ secret, form, place: at, markedAt: mark, source }) => {
    const value = form(secret);
    const text = typeof value === 'string' ? value : secret;
    const address = (name: string) => `terraform_data.${name}[${JSON.stringify(text)}]`;
    const copy: WrittenChange = {
      address: at === 'address' ? address('a') : 'terraform_data.a',
      actions: ['update'],
      before: { [at === 'attribute' ? text : 'input']: at === 'before' ? value : 'x' },
      after: { input: at === 'after' ? value : 'y' },
      ...(at === 'replacePath' ? { replacePaths: [[text], ['input', text]] } : {}),
      ...(at === 'import' ? { importing: { id: text } } : {}),
      more: at === 'previous' ? { previous_address: address('b') } : {},
    };
    const marked: WrittenChange = {
      address: 'terraform_data.marked',
      actions: ['update'],
      before: mark === 'before' ? { input: { p: [secret] } } : {},
      after: mark === 'document' ? { body: stringify({ a: secret }) } : { input: secret },
      beforeSensitive: mark === 'before' ? { input: { p: [true] } } : {},
      afterSensitive: mark === 'change' ? { input: true } : mark === 'document' ? { body: true } : {},
    };
    return {
      secret,
      source,
      changes: ['change', 'before', 'document'].includes(mark) ? [copy, marked] : [copy],
      more: {
        ...(mark === 'variable' ? { variables: { v: { value: secret } } } : {}),
        ...(mark === 'prior' ? { prior_state: priorState(secret) } : {}),
        output_changes: {
          ...(mark === 'output' ? { o: { actions: ['create'], after: secret, after_sensitive: true } } : {}),
          ...(at === 'output' ? { p: { actions: ['create'], after: value } } : {}),
        },
        ...(at === 'drift' ? { resource_drift: [driftOf(value)] } : {}),
      },
    };
  });

function priorState(secret: string) {
  return {
    values: {
      root_module: { resources: [{ mode: 'managed', values: { a: [secret] }, sensitive_values: { a: [true] } }] },
    },
  };
}

function driftOf(value: unknown) {
  return {
    address: 'a.b',
    mode: 'managed',
    type: 'a',
    name: 'b',
    change: { actions: ['update'], before: { c: value }, after: {} },
  };
}

describe('whatever a plan holds and whatever its source is taken to say', () => {
  it('no secret under a mark is in what leaves, in any form', () => {
    fc.assert(
      fc.property(cases, ({ secret, changes, more, source }) => {
        const reading = readPlan(planJson(changes, more));
        // Whoever says that everything is literal does not say that the secret is written there.
        const options = optionsWith(source);
        const text = JSON.stringify(maskPlan(reading, options));
        for (const way of waysToWrite(secret)) {
          expect(text.includes(way)).toBe(false);
          expect(text.includes(JSON.stringify(way).slice(1, -1))).toBe(false);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('no secret is in an error, wherever it stands in it', () => {
    const heading = fc.constantFrom(
      'Unsupported argument',
      'Invalid index',
      'Resource precondition failed',
      'anything else',
    );
    fc.assert(
      fc.property(secretText, fc.constantFrom(...forms), heading, fc.string(), (secret, form, summary, around) => {
        const value = form(secret);
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        const { origins, redact } = optionsWith({ literals: '*', words: [text, secret] });
        const diagnostics = [
          { summary, detail: `${around} ${text} "${text}"`, file: 'main.tf', address: `a.b["${text}"]` },
        ];
        const { lines } = maskDiagnostics(diagnostics, { secrets: new Set([secret]), origins, redact });
        for (const way of waysToWrite(secret)) expect(lines.join('\n').includes(way)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
