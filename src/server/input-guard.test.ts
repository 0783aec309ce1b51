import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Principal, stripHiddenCharacters } from '../kit/index.ts';
import { createInputGuard, type InputGuard } from './input-guard.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { readSent } from './sent.ts';

const label = { mount: 'secret', path: 'apps/mail', key: 'password', version: 3 };
const principal: Principal = { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: ['read'] };
const other: Principal = { ...principal, agent: 'agent:b' };

let at: number;
let lines: string[];
let metrics: Metrics;
let guard: InputGuard;
beforeEach(() => {
  at = Date.parse('2026-03-01T10:00:00Z');
  lines = [];
  metrics = createMetrics();
  guard = createInputGuard({
    known: {
      generation: 'g1',
      // The words `long-secret` and `short-secret` stand for what the matcher would find.
      hits: (sent, author) => {
        const text = stripHiddenCharacters(sent);
        const words = { a: 'long-secret', b: 'short-secret', c: 'pin: 4711' } as const;
        const looked = author === 'agent' ? (['a'] as const) : (['a', 'b', 'c'] as const);
        return looked.filter((name) => text.includes(words[name])).map((name) => ({ class: name, label }));
      },
    },
    metrics,
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    now: () => new Date(at),
  });
});

const inspect = (input: unknown, by = principal): boolean => {
  guard.assertNotGuessing(by);
  return guard.inspect({ name: 'sample_get', principal: by, byProgram: false }, readSent(input));
};
const codeOf = (ask: () => unknown): string => {
  try {
    ask();
    return 'passed';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};
const page = (name: string): Promise<string> => metrics.registry.getSingleMetricAsString(name);

describe('a value of Vault in an input', () => {
  it.each([
    ['an argument', { name: 'long-secret' }],
    ['the name of an argument', { 'long-secret': 1 }],
    ['the middle of a text', { patch: '+ password = "long-secret"\n' }],
    ['a deep name', { a: [{ b: { c: [{ 'long-secret': true }] } }] }],
    ['a text with hidden characters in it', { name: 'long-\u200bsecret' }],
    ['a text with terminal codes in it', { name: 'long-\u001b[0msecret' }],
  ])('refuses the call as %s, and tells the operator which it is and nobody else', async (_, input) => {
    let refused: unknown;
    try {
      inspect(input);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({
      code: 'secret-in-input',
      audience: 'agent',
      next: expect.stringContaining('vault://mount/path#key'),
    });
    const told = JSON.stringify([refused, refused instanceof Error ? refused.message : '']);
    for (const word of ['long-secret', 'apps/mail', 'password']) expect(told).not.toContain(word);
    expect(lines.join('')).toContain('secret/apps/mail#password@v3');
    expect(lines.join('')).not.toContain('long-secret');
    expect(await page('castellan_inputs_refused_total')).toContain('reason="secret-in-input"} 1');
  });

  it.each([
    ['class b', { name: 'short-secret' }],
    ['class c', { pin: 4711 }],
  ])('changes nothing that anybody could see when it can be guessed: %s', async (_, input) => {
    const before = await metrics.registry.metrics();
    expect(inspect(input)).toBe(true);
    expect(inspect({ name: 'anything' })).toBe(false);
    expect(lines).toEqual([]);
    // Agents may read these.
    const own = (text: string) => text.split('\n').filter((line) => line.startsWith('castellan_'));
    expect(own(await metrics.registry.metrics())).toEqual(own(before));
    for (let again = 0; again < 50; again += 1) inspect(input);
    expect(codeOf(() => inspect({}))).toBe('passed');
  });
});

describe('who sends too many of them', () => {
  const guess = (): string => codeOf(() => inspect({ name: 'long-secret' }));

  it('is refused for the rest of the hour, whatever it sends', () => {
    for (let sent = 0; sent < 11; sent += 1) expect(guess()).toBe('secret-in-input');
    for (const input of [{ name: 'long-secret' }, { name: 'nothing' }, {}])
      expect(codeOf(() => inspect(input))).toBe('guessing');
    expect(codeOf(() => inspect({}, other))).toBe('passed');
    at += 59 * 60_000;
    expect(codeOf(() => inspect({}))).toBe('guessing');
    at += 60_001;
    expect(codeOf(() => inspect({}))).toBe('passed');
  });

  it('is answered the same for a right guess and a wrong one', () => {
    for (let sent = 0; sent < 11; sent += 1) guess();
    const said = (input: object) => {
      try {
        return inspect(input);
      } catch (error) {
        return JSON.stringify(error) + String(error);
      }
    };
    expect(said({ name: 'long-secret' })).toBe(said({ name: 'wrong' }));
  });

  it('is not somebody who sent ten by accident', () => {
    for (let sent = 0; sent < 10; sent += 1) guess();
    expect(codeOf(() => inspect({}))).toBe('passed');
    at += 61 * 60_000;
    for (let sent = 0; sent < 10; sent += 1) guess();
    expect(codeOf(() => inspect({}))).toBe('passed');
  });
});

describe('an input', () => {
  it('of more names and values than redaction can follow is refused before anything runs', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`name_${index}`, true]));
    expect(codeOf(() => inspect(many(200)))).toBe('passed');
    expect(codeOf(() => inspect(many(201)))).toBe('input-overfull');
    expect(codeOf(() => inspect({ ...many(201), x: 'long-secret' }))).toBe('secret-in-input');
  });

  it('of a program may hold any number of them, and is looked at all the same', () => {
    const call = { name: 'memory.import', principal, byProgram: true };
    const words = Array.from({ length: 1_000 }, (_, index) => `word-${index}`);
    expect(codeOf(() => guard.inspect(call, readSent({ words })))).toBe('passed');
    expect(codeOf(() => guard.inspect(call, readSent({ words: [...words, 'long-secret'] })))).toBe('secret-in-input');
  });
});
