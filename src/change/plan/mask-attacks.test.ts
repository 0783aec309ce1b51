import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { manifestChange, workload } from './homelab.fixture.ts';
import { maskPlan } from './mask-plan.ts';
import {
  drawSecret,
  optionsWith,
  planJson,
  redact,
  shown,
  sourceWith,
  type WrittenChange,
  waysToWrite,
} from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

/** What a proposal could do to learn a value that it may not see. */
const secret = drawSecret();

function expectHidden(text: string, value = secret): void {
  for (const way of waysToWrite(value)) expect(text.includes(way)).toBe(false);
}

const data = (input: unknown, more: Partial<WrittenChange> = {}): WrittenChange => ({
  address: 'terraform_data.a',
  actions: ['update'],
  before: { input: 'x' },
  after: { input },
  ...more,
});

describe('a value made of a secret', () => {
  it.each<[string, unknown]>([
    ['as it is', secret],
    ['among other text', `user:${secret}@host`],
    ['encoded', Buffer.from(`:${secret}`).toString('base64')],
    ['as the key of a map', { [secret]: 1 }],
    ['as a key deep inside', { a: { b: { [secret]: 'x' } } }],
    ['in a document', stringify({ a: { b: secret } })],
    ['as a key of a document', stringify({ a: { [secret]: 1 } })],
    ['in a list of its characters', secret.split('')],
    ['backwards', [...secret].reverse().join('')],
  ])('is not shown %s', (_how, value) => {
    const text = JSON.stringify(shown([data(value)], { literals: ['x'], words: ['terraform_data', 'input'] }));
    expectHidden(text);
    expectHidden(text, [...secret].reverse().join(''));
  });

  it('does not tell how long it is: a list of its characters is one line, whatever its length', () => {
    const told = (length: number) =>
      shown([data(secret.repeat(3).slice(0, length).split(''), { before: {} })]).changes[0];
    expect(told(30)).toEqual(told(4));
    expect(told(30)?.leaves).toEqual([{ path: 'input.…', after: '«computed»' }]);
  });

  it('does not tell its parts by the keys they are put under', () => {
    const keys = Object.fromEntries([...secret].map((one, at) => [`alpha-${at}-${one.charCodeAt(0)}`, 1]));
    const leaves = shown([data(keys, { before: {} })], { words: Object.keys(keys) }).changes[0]?.leaves;
    expect(leaves).toEqual([{ path: 'input.…', after: '«computed»' }]);
  });
});

describe('an item that is named by a secret', () => {
  it('is told by its place, and a value beside it that is literal is told all the same', () => {
    const env = (value: string) => ({ env: [{ name: secret, value }] });
    const change = data(env('new'), { before: { input: env('old') } });
    const paths = ['input/env/0/value'];
    const told = [shown([change], { literals: ['old', 'new'], paths }), shown([change], { paths })];
    for (const summary of told) expectHidden(JSON.stringify(summary));
    expect(told.map(({ changes }) => changes[0]?.leaves[0]?.path)).toEqual([
      'input.env[0].value',
      'input.env[0].value',
    ]);
  });
});

describe('instances made of a secret', () => {
  const instances = (keys: readonly (string | number)[]): WrittenChange[] =>
    keys.map((key) =>
      data('y', {
        address: `module.m["a"].terraform_data.a[${JSON.stringify(key)}]`,
        actions: ['create'],
        before: undefined,
      }),
    );
  const split = [...secret].map((one, at) => `${at}-${one}`);

  it('are one line without a number, however many there are', () => {
    const summary = shown(instances(split), { literals: ['y'], hasLiteralKeys: false, words: split });
    expect(summary.changes).toHaveLength(1);
    expect(summary.changes[0]?.address).toBe('module.m["«computed»"].terraform_data.a["«computed»"]');
    expect(summary.counts.create).toBe(1);
    expect(summary.changes[0]?.leaves).toEqual([{ path: 'input', after: '«computed»' }]);
    const { digest: _one, ...of } = summary;
    const { digest: _other, ...ofThree } = shown(instances([0, 1, 2]), { literals: ['y'], hasLiteralKeys: false });
    expect(of).toEqual(ofThree);
  });

  it('are hidden in drift, deferred changes, checks, actions and where they were, too', () => {
    const address = `terraform_data.a[${JSON.stringify(secret)}]`;
    const text = JSON.stringify(
      shown(
        [data('y', { more: { previous_address: address } })],
        { hasLiteralKeys: false },
        {
          resource_drift: [
            {
              address,
              mode: 'managed',
              type: 'terraform_data',
              name: 'a',
              change: { actions: ['update'], before: { x: 1 }, after: { x: 2 } },
            },
          ],
          deferred_changes: [{ reason: 'instance_count_unknown', resource_change: { address } }],
          checks: [
            {
              address: { to_display: address },
              status: 'fail',
              instances: [{ address: { to_display: address }, status: 'fail' }],
            },
          ],
          action_invocations: [{ address: `action.a.b[${JSON.stringify(secret)}]`, type: 'a' }],
        },
      ),
    );
    expectHidden(text);
  });

  it('that go are hidden when the base never had their key, whatever the proposal has', () => {
    const gone = (key: string) =>
      data('y', { address: `terraform_data.a[${JSON.stringify(key)}]`, actions: ['delete'] });
    const base = { hasLiteralKeys: (address: string) => address === 'terraform_data.a["blue"]' };
    const { changes } = maskPlan(
      readPlan(planJson([gone(secret), gone('blue')])),
      optionsWith({ hasLiteralKeys: true }, base),
    );
    expect(changes.map(({ address }) => address)).toEqual([
      'terraform_data.a["blue"]',
      'terraform_data.a["«computed»"]',
    ]);
  });
});

describe('a secret in what an engine says', () => {
  it.each<[string, Partial<WrittenChange>]>([
    ['the id of an import', { importing: { id: secret } }],
    ['the identity of an import', { importing: { identity: { account: secret } } }],
    ['the path that causes a replacement', { actions: ['delete', 'create'], replacePaths: [['input', secret]] }],
    ['the reason of an action', { more: { action_reason: `replace_because_${secret}` } }],
    ['the key of a leftover', { more: { deposed: secret } }],
  ])('is not shown: %s', (_where, more) => {
    expectHidden(JSON.stringify(shown([data('y', more)], { literals: ['y', 'x'] })));
  });

  it.each([
    ['drawn', secret],
    ['that looks like one of its words', `s${'mixedCaseLetters'.repeat(2)}`],
  ])('is not shown: the message of a check, the reason of a deferral, %s', (_how, secret) => {
    expectHidden(
      JSON.stringify(
        shown(
          [],
          {},
          {
            checks: [
              {
                address: { to_display: 'check.a' },
                status: 'fail',
                instances: [
                  { address: { to_display: 'check.a' }, status: 'fail', problems: [{ message: `it is ${secret}` }] },
                ],
              },
            ],
            deferred_changes: [{ reason: secret, resource_change: { address: 'a.b' } }],
          },
        ),
      ),
      secret,
    );
  });
});

describe('the second layer', () => {
  const marked = { variables: { v: { value: secret } } };

  it('hides a secret that the source is said to hold literally, in every place a text can stand', () => {
    const encoded = ['', 'u', 'u:'].map((before) => Buffer.from(`${before}${secret}@h`).toString('base64'));
    for (const way of [secret, ...encoded, encodeURIComponent(secret), Buffer.from(secret).toString('hex')]) {
      const change = data(way, {
        address: `terraform_data.a["${way}"]`,
        more: { previous_address: `terraform_data.b["${way}"]` },
      });
      expectHidden(JSON.stringify(shown([change], { literals: '*' }, marked)));
    }
  });

  it('hides it when it would be cut in half', () => {
    const text = JSON.stringify(shown([data(`${'a '.repeat(95)}${secret}`)], { literals: '*' }, marked));
    expect(text).not.toContain(secret.slice(0, 6));
  });

  it('hides a number, and a word that must be one', () => {
    const more = { variables: { pin: { value: 471108 }, short: { value: 'k7qz' } } };
    const text = JSON.stringify(shown([data('pin 471108, short k7qz')], { literals: '*' }, more));
    expect(text).not.toMatch(/471108|k7qz/);
  });

  it('hides what looks like a secret to the redaction of everything that leaves', () => {
    const token = `ghp_${drawSecret(40)
      .replace(/[^A-Za-z0-9]/g, 'x')
      .slice(0, 36)}`;
    expect(redact(token).text).not.toContain(token);
    expect(JSON.stringify(shown([data(`token ${token}`)], { literals: '*' }))).not.toContain(token);
  });
});

describe('a manifest that is marked as a whole', () => {
  it('hides the leaf that came from elsewhere, also where it is repeated without a mark', () => {
    const change = manifestChange(workload('64Mi'), workload('64Mi', [{ name: 'LOGIN', value: secret }]));
    const literals = ['64Mi', 'relay', 'mail', 'LOGIN', 'Deployment'];
    expectHidden(JSON.stringify(shown([change, data(secret)], { literals })));
  });

  it('hides it even where another change holds it literally and the source does not know the word', () => {
    const change = manifestChange(undefined, workload('64Mi', [{ name: 'LOGIN', value: secret }]));
    const origins = { ...sourceWith({ literals: '*' }), isWritten: () => false };
    const reading = readPlan(planJson([change, data(`is ${secret}`)]));
    expectHidden(JSON.stringify(maskPlan(reading, { ...optionsWith(), origins })));
  });
});
