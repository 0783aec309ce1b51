import { randomBytes, randomInt } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Answer,
  CastellanError,
  commonFields,
  createCursors,
  type JsonValue,
  record,
  type Tool,
  type ToolContext,
  table,
  text,
  toolsFor,
  Untrusted,
} from '../kit/index.ts';
import { createRedactor, redactFrame } from '../redaction/index.ts';
import { createFingerprinter } from '../redaction/known/fingerprint.ts';
import type { ValueClass } from '../redaction/known/fingerprints.ts';
import { createKnownValues, type KnownValues } from '../redaction/known/known-values.ts';
import type { AuditedCall } from '../store/index.ts';
import { type CallTool, createCallTool } from './call.ts';
import { createInputGuard } from './input-guard.ts';
import { createLog } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createRunning } from './running.ts';

/**
 * An agent that would like to know whether a guess is right, with the real redactor and real fingerprints. For each way of asking,
 * the right guess and a wrong one of the same shape must get the same answer, but for the guess itself.
 */
const words = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron'];
const guess = (): string => `${words[randomInt(words.length)]}Quay${randomInt(100, 999)}`;
const right = guess();
const wrong = (() => {
  let other = guess();
  while (other.length !== right.length || other === right) other = guess();
  return other;
})();
const secret = randomBytes(24).toString('hex');
const pin = String(randomInt(1_000, 9_999));
const asOf = new Date('2026-03-01T10:00:00Z');
const label = (key: string) => ({ mount: 'secret', path: 'apps/mail', key, version: 3 });

const fingerprinter = createFingerprinter();
const setOf = (generation: string, values: readonly (readonly [key: string, value: string, of: ValueClass])[]) =>
  fingerprinter.of(
    values.map(([key, value, of]) => ({ value, class: of, label: label(key) })),
    generation,
  );
const everything = setOf('g1', [
  ['password', right, 'b'],
  ['token', secret, 'a'],
  ['pin', pin, 'c'],
]);

let known: KnownValues;
let metrics: Metrics;
let audited: AuditedCall[];
let logged: string[];
let progressed: string[];
let call: CallTool;
let redactor: ReturnType<typeof createRedactor>;
beforeEach(() => {
  known = createKnownValues();
  known.load(everything);
  redactor = createRedactor();
  redactor.addLayer(known.layer);
  metrics = createMetrics();
  [audited, logged, progressed] = [[], [], []];
  const log = createLog('debug', redactor, { write: (line: string) => void logged.push(line) });
  const now = () => asOf;
  call = createCallTool({
    redactor,
    cursors: createCursors(randomBytes(32)),
    audit: { append: async (entry) => void audited.push(entry) },
    metrics,
    running: createRunning(),
    log,
    guard: createInputGuard({ known, metrics, log, now }),
    supply: undefined,
    now,
  });
});

const sampleInput = z.strictObject({
  name: z.string().optional(),
  names: z.array(z.string()).optional(),
  pin: z.union([z.string(), z.number()]).optional(),
  ...commonFields,
});
type Run = (input: z.output<typeof sampleInput>, context: ToolContext<unknown>) => Answer;
const { defineTool } = toolsFor<unknown>();
const tool = (run: Run, output?: z.ZodObject): Tool =>
  defineTool({
    name: 'sample_get',
    title: 'Sample',
    description: 'A sample.',
    effect: 'read',
    input: sampleInput,
    ...(output === undefined ? {} : { output }),
    run: async (given, context) => run(given, context),
  });
const frame = { asOf, coverage: { covered: 'all' } };
const empty = tool(() => text({ ...frame, blocks: [] }));

/** What the client gets: the answer behind the choke point, and the progress before it. */
async function ask(
  served: Tool,
  sent: unknown,
  caller: { client?: string; correlation?: string } = {},
): Promise<string> {
  progressed = [];
  const result = await call({
    served: { tool: served, ports: async () => ({}) },
    input: sent,
    caller: {
      principal: { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: ['read'] },
      client: 'test 1',
      ...caller,
    },
    signal: new AbortController().signal,
    progress: (message) => void progressed.push(message),
  });
  const sentOut = { jsonrpc: '2.0', id: 1, result: { ...result } as unknown as JsonValue };
  return JSON.stringify([redactFrame(redactor, sentOut), progressed]);
}

/** The same question about a right guess and about a wrong one: both answers, with the guess replaced. */
async function askBoth(question: (guessed: string) => Promise<string>): Promise<readonly [string, string]> {
  const strip = (answer: string, guessed: string): string =>
    answer.replace(new RegExp(guessed, 'gi'), '[guess]').replace(/untrusted [0-9a-f]{12}/g, 'untrusted [boundary]');
  return [strip(await question(right), right), strip(await question(wrong), wrong)];
}

async function expectNoTell(question: (guessed: string) => Promise<string>): Promise<void> {
  const [ofRight, ofWrong] = await askBoth(question);
  expect(ofRight).toBe(ofWrong);
  expect(ofRight).not.toMatch(/«(redacted|secret)/);
}

const fillers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`filler_${at}`, true]));

describe('a guess at a short value is not answered', () => {
  it.each<[string, (guessed: string) => unknown]>([
    ['the name of an unknown argument', (guessed) => ({ [guessed]: true })],
    ['one behind many others', (guessed) => ({ ...fillers(150), [guessed]: true })],
    ['one among a few', (guessed) => ({ a: 1, b: 2, [guessed]: true, c: 3 })],
    [
      'a name that is too long to be repeated',
      (guessed) => ({ [`${'x'.repeat(45)} ${guessed} ${'y'.repeat(120)}`]: 1 }),
    ],
    ['a name with the guess at its end', (guessed) => ({ ...fillers(2), [`is it ${guessed}`]: 1 })],
    ['an argument of the wrong shape', (guessed) => ({ name: { [guessed]: guessed } })],
    ['a value where a list is wanted', (guessed) => ({ names: guessed })],
    ['a budget', (guessed) => ({ budget: guessed })],
    ['a cursor', (guessed) => ({ cursor: guessed })],
    [
      'everything at once, behind strings without end',
      (guessed) => ({ names: Array.from({ length: 180 }, (_, at) => `filler ${at}`), [guessed]: guessed }),
    ],
  ])('by an error about %s', async (_, sent) => {
    await expectNoTell((guessed) => ask(empty, sent(guessed)));
  });

  it.each<[string, (guessed: string) => Run]>([
    [
      'an error of the tool',
      () =>
        ({ name }) => {
          throw new CastellanError('sample-missing', 'agent', {
            message: `there is no ${name}`,
            next: `look for ${name} elsewhere`,
          });
        },
    ],
    [
      'the headline',
      () =>
        ({ name }) =>
          text({ ...frame, headline: `no pod is called ${name}`, blocks: [] }),
    ],
    [
      'the notes',
      () =>
        ({ name }) =>
          text({ ...frame, notes: [`looked for ${name}`], blocks: [] }),
    ],
    [
      'what was covered',
      () =>
        ({ name }) =>
          text({ asOf, coverage: { covered: `pods named ${name}` }, blocks: [] }),
    ],
    [
      'what was not seen',
      () =>
        ({ name }) =>
          text({ asOf, coverage: { covered: 'all', missing: [{ what: name ?? '', why: 'gone' }] }, blocks: [] }),
    ],
    [
      'how to narrow it',
      () =>
        ({ name }) =>
          table({ ...frame, columns: ['a'], rows: [['x']], total: 2, narrow: `name=${name}` }),
    ],
    [
      'a column',
      () =>
        ({ name }) =>
          table({ ...frame, columns: ['a', name ?? ''], rows: [['x', 'y']] }),
    ],
    [
      'progress',
      () =>
        ({ name }, { progress }) => {
          progress(`looking for ${name}`);
          return text({ ...frame, blocks: [] });
        },
    ],
    [
      'its own words, shown again',
      () =>
        ({ name }) =>
          text({ ...frame, blocks: [Untrusted.byAgent(`because of ${name}`)] }),
    ],
  ])('by %s', async (_, runOf) => {
    await expectNoTell((guessed) => ask(tool(runOf(guessed)), { name: guessed }));
  });

  it('by a record, in its frame or where it repeats what an agent wrote', async () => {
    const output = z.object({ reason: z.unknown() });
    await expectNoTell((guessed) =>
      ask(
        tool(
          ({ name }) => record({ ...frame, headline: `of ${name}`, data: { reason: Untrusted.byAgent(name ?? '') } }),
          output,
        ),
        { name: guessed },
      ),
    );
  });

  it('by what it wrote earlier and has recalled, with nothing sent along', async () => {
    await expectNoTell((guessed) =>
      ask(
        tool(() => text({ ...frame, blocks: [Untrusted.byAgent(`restart, ${guessed} was rotated`)] })),
        {},
      ),
    );
  });

  it('by lines of its own among those of others', async () => {
    const [ofRight, ofWrong] = await askBoth((guessed) =>
      ask(
        tool(() =>
          text({
            ...frame,
            blocks: [Untrusted.lines([new Untrusted(`log says ${right}`), Untrusted.byAgent(guessed)])],
          }),
        ),
        {},
      ),
    );
    expect(ofRight).toBe(ofWrong);
    expect(ofRight).toContain('«secret:');
  });

  it('by a PIN beside its own name', async () => {
    const answers = await Promise.all(
      [pin, String((Number(pin) + 1) % 10_000).padStart(4, '1')].map(async (guessed) =>
        (
          await ask(
            tool(({ pin: given }) => text({ ...frame, headline: `pin: ${given}`, blocks: [] })),
            { pin: guessed },
          )
        ).replaceAll(guessed, '[pin]'),
      ),
    );
    expect(answers[0]).toBe(answers[1]);
  });

  it('by metrics, which agents may read, nor by the log or a refusal after many', async () => {
    const seen = async (guessed: string): Promise<string> => {
      for (let times = 0; times < 30; times += 1) await ask(empty, { name: guessed });
      const page = await metrics.registry.metrics();
      return (
        page
          .split('\n')
          .filter((line) => /^castellan_(inputs|redactions)/.test(line))
          .join('\n') + logged.join('')
      );
    };
    expect(await seen(right)).toBe(await seen(wrong));
    expect(await ask(empty, {})).toContain('covers all');
  });

  it('by the log of a fault that repeats it, which may be read where the daemon runs', async () => {
    const seen = async (guessed: string): Promise<string> => {
      logged.length = 0;
      const broken = tool(({ name }) => {
        throw new Error(`no part ${name} of this`);
      });
      await ask(broken, { name: guessed });
      return logged.join('').replace(/"(?:time|id)":"[^"]*"/g, '');
    };
    const [ofRight, ofWrong] = [await seen(right), await seen(wrong)];
    expect(ofRight).toContain('no part «sent» of this');
    expect(ofRight).toBe(ofWrong);
  });

  it('but by whoever reads the audit, which no agent does', async () => {
    await ask(empty, { name: right });
    await ask(empty, { name: wrong });
    expect(audited.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['ok', 'known-value-in-input'],
      ['ok', undefined],
    ]);
  });
});

describe('a value of the homelab', () => {
  it('stays masked in what others wrote, though the agent sends it along', async () => {
    const logs = tool(() => text({ ...frame, blocks: [new Untrusted(`login with ${right} failed`), `row ${right}`] }));
    const shown = await ask(logs, { name: right });
    expect(shown).not.toContain(right);
    expect(shown).toContain('«secret:secret/apps/mail#password@v3»');
  });

  it('stays masked in our own words where the agent did not send it', async () => {
    const shown = await ask(
      tool(() => text({ ...frame, headline: `the pod prints ${right}`, blocks: [] })),
      { name: wrong },
    );
    expect(shown).not.toContain(right);
  });

  it('is masked in what agents write when nobody could have guessed it, and not named', async () => {
    const shown = await ask(
      tool(() => text({ ...frame, blocks: [Untrusted.byAgent(`the token is ${secret}`)] })),
      {},
    );
    expect(shown).not.toContain(secret.slice(0, 12));
    expect(shown).not.toContain('apps/mail');
  });

  it('is masked in an answer that began before it was known', async () => {
    const fresh = randomBytes(20).toString('hex');
    const shown = await ask(
      tool(() => {
        known.load(setOf('g2', [['fresh', fresh, 'a']]));
        return text({ ...frame, headline: fresh, blocks: [new Untrusted(`printed ${fresh}`)] });
      }),
      {},
    );
    expect(shown).not.toContain(fresh);
    expect(shown).toContain('secret/apps/mail#fresh');
  });
});

describe('a value that nobody guesses, in an input', () => {
  it.each<[string, unknown, { client?: string; correlation?: string }]>([
    ['an argument', { name: secret }, {}],
    ['a deep name', { names: [{ a: [{ [secret]: 1 }] }] }, {}],
    ['base64 of it', { name: Buffer.from(`user:${secret}`).toString('base64') }, {}],
    ['the name of the client', {}, { client: `agent ${secret}` }],
    ['its number of the call', {}, { correlation: secret }],
  ])('as %s: nothing is run, and nothing is kept of it', async (_, sent, caller) => {
    let ran = false;
    const shown = await ask(
      tool(() => {
        ran = true;
        return text({ ...frame, blocks: [] });
      }),
      sent,
      caller,
    );
    expect(ran).toBe(false);
    expect(shown).toContain('error secret-in-input');
    expect(shown).not.toMatch(/apps\/mail|#token/);
    // Whatever outlives the call. The row holds no hash of it either: what it is made from is the same for every such call.
    expect(audited).toMatchObject([{ outcome: 'denied', code: 'secret-in-input', input: { notKept: true } }]);
    const kept = JSON.stringify([audited, logged, await metrics.registry.getMetricsAsJSON(), shown]);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(secret.slice(0, 12));
    expect(logged.join('')).toContain('secret/apps/mail#token@v3');
  });

  it('is refused unseen after too many, and leaves no hash of what was sent', async () => {
    for (let times = 0; times < 11; times += 1) await ask(empty, { name: secret });
    audited.length = 0;
    for (const name of [secret, 'harmless']) expect(await ask(empty, { name })).toContain('error guessing');
    expect(audited.map(({ outcome, code, input: row }) => [outcome, code, row])).toEqual([
      ['denied', 'guessing', { notKept: true }],
      ['denied', 'guessing', { notKept: true }],
    ]);
  });
});
