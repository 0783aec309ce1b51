import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Answer,
  CastellanError,
  commonFields,
  createCursors,
  type Effect,
  type Principal,
  record,
  type Tool,
  table,
  toolsFor,
} from '../kit/index.ts';
import { redactingBy } from '../redaction/no-redaction.fixture.ts';
import type { AuditedCall } from '../store/index.ts';
import { type CallTool, createCallTool } from './call.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { nothingKnown } from './nothing-known.fixture.ts';
import { createRunning } from './running.ts';

const secret = randomBytes(16).toString('hex');
const now = new Date('2026-03-01T10:00:00Z');
const cursors = createCursors(randomBytes(32));
const { defineTool } = toolsFor<{ readonly word: string }>();
const masking = redactingBy((text) => ({
  text: text.replaceAll(secret, '«redacted:test»'),
  counts: text.includes(secret) ? { test: 1 } : {},
}));

interface SetUp {
  readonly call: CallTool;
  readonly audited: AuditedCall[];
  readonly metrics: Metrics;
}

function setUp(
  audit: (call: AuditedCall) => Promise<void> = async () => undefined,
  deadlineMs = 45_000,
  known: Partial<typeof nothingKnown> = {},
): SetUp {
  const audited: AuditedCall[] = [];
  const metrics = createMetrics();
  const call = createCallTool({
    redactor: masking,
    cursors,
    audit: {
      append: async (entry) => {
        await audit(entry);
        audited.push(entry);
      },
    },
    metrics,
    running: createRunning(),
    deadlineMs,
    log: pino({ level: 'silent' }),
    ...nothingKnown,
    ...known,
    now: () => now,
  });
  return { call, audited, metrics };
}

function sampleTool(
  run: Tool<{ readonly word: string }>['run'],
  effect: Effect = 'read',
): Tool<{ readonly word: string }> {
  return defineTool({
    name: 'sample_get',
    title: 'Sample',
    description: 'A sample.',
    effect,
    input: z.strictObject({ kind: z.string().optional(), ...commonFields }),
    run,
  });
}

const answer = (rows: readonly (readonly string[])[]): Answer =>
  table({ asOf: now, coverage: { covered: 'all' }, columns: ['name'], rows });

function requestFor(
  tool: Tool<{ readonly word: string }>,
  input: unknown = {},
  signal = new AbortController().signal,
  scopes: readonly Effect[] = ['read'],
) {
  return {
    served: { tool: tool as Tool, ports: async () => ({ word: 'here' }) },
    input,
    caller: {
      principal: { agent: 'agent:a', human: 'human:h', via: 'socket' as const, scopes },
      client: 'test 1',
    },
    signal,
    progress: () => undefined,
  };
}

describe('a tool call', () => {
  it('answers, and leaves one audit row', async () => {
    const { call, audited } = setUp();
    const result = await call(requestFor(sampleTool(async () => answer([['pod-a']]))));
    expect(result.isError).toBe(false);
    expect(result.text).toContain('pod-a');
    expect(audited).toMatchObject([{ tool: 'sample_get', outcome: 'ok', effect: 'read', client: 'test 1' }]);
  });

  it('leaves no token in its row that the client put into its name or its number of the call', async () => {
    const { call, audited } = setUp();
    const request = requestFor(sampleTool(async () => answer([])));
    await call({ ...request, caller: { ...request.caller, client: `x ${secret}`, correlation: `call-${secret}` } });
    expect(audited).toMatchObject([{ client: 'x «redacted:test»', correlation: 'call-«redacted:test»' }]);
  });

  it('is withheld when it cannot be audited: no row, no answer', async () => {
    const { call, metrics } = setUp(async () => {
      throw new Error('disk full');
    });
    const result = await call(requestFor(sampleTool(async () => answer([['pod-a']]))));
    expect(result).toMatchObject({ isError: true });
    expect(result.text).toContain('audit-unavailable');
    expect(result.text).not.toContain('pod-a');
    expect(await metrics.registry.getSingleMetricAsString('castellan_tool_calls_total')).toContain('outcome="error"');
  });

  it.each(['record', 'propose'] as const)(
    'with the effect %s is in the audit before anything of it runs',
    async (effect) => {
      const { call, audited, metrics } = setUp();
      const before: unknown[] = [];
      const tool = sampleTool(async () => {
        before.push(...audited.map(({ outcome, effect: told }) => [outcome, told]));
        return answer([['done']]);
      }, effect);
      const result = await call(requestFor(tool, {}, undefined, [effect]));
      expect(result.isError).toBe(false);
      expect(before).toEqual([['begun', effect]]);
      expect(audited).toMatchObject([
        { tool: 'sample_get', outcome: 'begun', effect, bytes: 0, ms: 0, client: 'test 1' },
        { tool: 'sample_get', outcome: 'ok', effect },
      ]);
      expect(await metrics.registry.getSingleMetricAsString('castellan_tool_calls_total')).not.toContain('begun');
    },
  );

  it.each(['record', 'propose'] as const)(
    'with the effect %s is not run when its intent cannot be written',
    async (effect) => {
      let ran = false;
      const { call, audited } = setUp(async ({ outcome }) => {
        if (outcome === 'begun') throw new Error('disk full');
      });
      const tool = sampleTool(async () => {
        ran = true;
        return answer([]);
      }, effect);
      const result = await call(requestFor(tool, {}, undefined, [effect]));
      expect(result.text).toMatch(/^error audit-unavailable: .*nothing was run/);
      expect(ran).toBe(false);
      expect(audited).toMatchObject([{ outcome: 'error', code: 'audit-unavailable' }]);
    },
  );

  it('that only looks leaves no row before it', async () => {
    const { call, audited } = setUp();
    const tool = sampleTool(async () => answer([[String(audited.length)]]));
    expect((await call(requestFor(tool))).text).toContain('0');
    expect(audited).toHaveLength(1);
  });

  it('is refused for an unknown argument, with the one that was meant, and nothing runs', async () => {
    let ran = false;
    const { call, audited } = setUp();
    const tool = sampleTool(async () => {
      ran = true;
      return answer([]);
    });
    const result = await call(requestFor(tool, { kid: 'pods' }));
    expect(result.text).toMatch(/input-invalid.*unknown argument `kid` \(did you mean `kind`\?\)/);
    expect(ran).toBe(false);
    expect(audited).toMatchObject([{ outcome: 'error', code: 'input-invalid' }]);
  });

  it.each(['degraded', 'required'] as const)(
    'says in its answer which known values are not masked, whatever else was not seen: %s',
    async (mode) => {
      const standing = { mode, state: 'stale', why: 'the fingerprinter is away', generation: 'g1' } as const;
      const supply = { standing: () => standing, assertUsable: async () => undefined };
      const missing = Array.from({ length: 30 }, (_, index) => ({ what: `part ${index}`, why: 'forbidden' }));
      const said = 'known values (the fingerprinter is away; those loaded before are masked)';
      const { call } = setUp(undefined, undefined, { supply });
      const shown = await call(
        requestFor(
          sampleTool(async () => table({ asOf: now, coverage: { covered: 'all', missing }, columns: [], rows: [] })),
        ),
      );
      expect(shown.text).toContain(`NOT SEEN: ${said}; part 0`);
      const structured = defineTool({
        name: 'sample_get',
        title: 'Sample',
        description: 'A sample.',
        effect: 'read',
        input: z.strictObject({}),
        output: z.object({}),
        run: async () => record({ asOf: now, coverage: { covered: 'all' }, data: {} }),
      });
      expect((await call(requestFor(structured))).structured).toMatchObject({
        coverage: { missing: [{ what: 'known values' }] },
      });
    },
  );

  it('is not run while known values are needed and are not at hand, but where it tells of Vault itself', async () => {
    const supply = {
      standing: () => ({ mode: 'required', state: 'missing' }) as const,
      assertUsable: () =>
        Promise.reject(new CastellanError('redaction-not-ready', 'operator', { message: 'm', next: 'n' })),
    };
    let ran = 0;
    const { call, audited } = setUp(undefined, undefined, { supply });
    const counting = sampleTool(async () => {
      ran += 1;
      return answer([]);
    }, 'propose');
    const refused = await call(requestFor(counting, { kind: 'x' }, undefined, ['propose']));
    expect(refused.text).toMatch(/^error redaction-not-ready/);
    expect([ran, audited]).toMatchObject([
      0,
      [{ outcome: 'error', code: 'redaction-not-ready', input: { notKept: true } }],
    ]);
    const health = { ...sampleTool(async () => answer([])), name: 'vault_health' };
    expect((await call(requestFor(health))).text).toContain('NOT SEEN: known values (missing; none is masked)');
  });

  it('is denied without the scope of its effect, and the denial is audited', async () => {
    const { call, audited } = setUp();
    const result = await call(requestFor(sampleTool(async () => answer([]), 'propose')));
    expect(result.text).toContain('scope-denied');
    expect(audited).toMatchObject([{ outcome: 'denied', effect: 'propose' }]);
  });

  it('never shows what a tool threw, even when the error holds a token', async () => {
    const { call } = setUp();
    const tool = sampleTool(async () => {
      throw new Error(`GET https://api.example.net failed with Authorization: Bearer ${secret}`);
    });
    const result = await call(requestFor(tool));
    expect(result.text).toMatch(/^error internal: .*id [0-9a-f]{8}/);
    expect(result.text).not.toContain('api.example.net');
    expect(result.text).not.toContain(secret);
  });

  it('redacts answers and structured answers', async () => {
    const { call } = setUp();
    const shown = await call(requestFor(sampleTool(async () => answer([[`password ${secret}`]]))));
    expect(shown.text).toContain('«redacted:test»');
    expect(shown.text).toContain('redactions: 1 (test 1)');
    const structured = defineTool({
      name: 'sample_get',
      title: 'Sample',
      description: 'A sample.',
      effect: 'read',
      input: z.strictObject({}),
      output: z.object({ note: z.string() }),
      run: async () => record({ asOf: now, coverage: { covered: 'all' }, data: { note: `x ${secret}` } }),
    });
    const result = await call(requestFor(structured));
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(result.structured).toMatchObject({ note: 'x «redacted:test»', truncated: false });
  });

  it('ends when the client cancels, even if the tool does not listen', async () => {
    const { call, audited } = setUp();
    const cancel = new AbortController();
    const running = call(
      requestFor(
        sampleTool(() => new Promise(() => undefined)),
        {},
        cancel.signal,
      ),
    );
    cancel.abort();
    expect((await running).text).toContain('call-cancelled');
    expect(audited).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('stays within the budget it was given', async () => {
    const { call } = setUp();
    const rows = Array.from({ length: 500 }, (_, index) => [`pod-with-a-rather-long-name-${index}`]);
    const result = await call(
      requestFor(
        sampleTool(async () => answer(rows)),
        { budget: 1_000 },
      ),
    );
    expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(1_000);
    expect(result.text).toMatch(/showing \d+\/500/);
  });

  it('ends at its deadline, even if the tool does not listen', async () => {
    const { call, audited } = setUp(undefined, 20);
    const result = await call(requestFor(sampleTool(() => new Promise(() => undefined))));
    expect(result.text).toContain('deadline-exceeded');
    expect(audited).toMatchObject([{ outcome: 'cancelled', code: 'deadline-exceeded' }]);
  });

  it('tells of its progress without the token in it', async () => {
    const heard: string[] = [];
    const { call } = setUp();
    const tool = sampleTool(async (_, { progress }) => {
      progress(`asked with ${secret}`);
      return answer([]);
    });
    await call({ ...requestFor(tool), progress: (message) => void heard.push(message) });
    expect(heard).toEqual(['asked with «redacted:test»']);
  });

  it('gives its tool a principal that cannot be widened, for this call or the next', async () => {
    const { call } = setUp();
    const request = requestFor(
      sampleTool(async (_, { principal }) => {
        (principal.scopes as Effect[]).push('propose');
        return answer([]);
      }),
    );
    const shared = { ...request.caller.principal, scopes: ['read'] as const };
    const result = await call({ ...request, caller: { ...request.caller, principal: shared } });
    expect(result.text).toContain('error internal');
    expect(shared.scopes).toEqual(['read']);
  });

  it('says what was wrong in few words, however many wrong arguments there are', async () => {
    const { call } = setUp();
    const input = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`wrong_${index}`, true]));
    const { text } = await call(
      requestFor(
        sampleTool(async () => answer([])),
        input,
      ),
    );
    expect(text).toMatch(/unknown argument `wrong_0`.*; 19995 more unknown arguments/);
    expect(text).toContain('next: sample_get takes kind');
    expect(text.length).toBeLessThan(5_000);
  });

  it.each([
    ['forged', () => 'e30.AAAA', 'cursor-invalid'],
    ['expired', () => cursorOf({}, new Date(now.getTime() - 3_600_000)), 'cursor-expired'],
    ['of another principal', () => cursorOf({ agent: 'agent:other' }, now), 'cursor-invalid'],
    ['of another tool', () => cursorOf({}, now, 'other_get'), 'cursor-invalid'],
    ['of other arguments', () => cursorOf({}, now, 'sample_get', { kind: 'pods' }), 'cursor-invalid'],
  ])('refuses a cursor that is %s, before the tool runs', async (_, mint, code) => {
    let ran = false;
    const tool = sampleTool(async () => {
      ran = true;
      return answer([]);
    });
    const { call, audited } = setUp();
    const result = await call(requestFor(tool, { cursor: mint() }));
    expect(result.text).toContain(`error ${code}`);
    expect(ran).toBe(false);
    expect(audited).toMatchObject([{ outcome: 'error', code }]);
  });

  it('goes on from a cursor that is its own', async () => {
    const positions: unknown[] = [];
    const tool = sampleTool(async (_, { page }) => {
      positions.push(page.position);
      return answer([]);
    });
    const result = await setUp().call(requestFor(tool, { cursor: cursorOf({}, now) }));
    expect(result.isError).toBe(false);
    expect(positions).toEqual([{ offset: 7 }]);
  });
});

function cursorOf(caller: Partial<Principal>, at: Date, tool = 'sample_get', input = {}): string {
  const { principal } = requestFor(sampleTool(async () => answer([]))).caller;
  return cursors.pageFor({ tool, input, principal: { ...principal, ...caller } }, undefined, at).mint({ offset: 7 });
}
