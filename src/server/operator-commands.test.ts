import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CastellanError, type Effect, type OperatorCommand } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import type { AuditedCall } from '../store/index.ts';
import { createMetrics } from './metrics.ts';
import { nothingKnown } from './nothing-known.fixture.ts';
import { createRunCommand, type OperatorProgress, type OperatorReply } from './operator-commands.ts';
import { createRunning } from './running.ts';

const token = `hvs.${randomBytes(24).toString('base64url')}`;

const commandOf = (run: OperatorCommand['run'], effect: OperatorCommand['effect'] = 'read'): OperatorCommand => ({
  name: 'tower.survey',
  effect,
  input: z.strictObject({ stones: z.number().optional(), words: z.array(z.string()).optional() }),
  run,
});

function setUp(command: OperatorCommand, more: { scopes?: readonly Effect[]; deadlineMs?: number } = {}) {
  const audited: AuditedCall[] = [];
  const told: OperatorProgress[] = [];
  const run = createRunCommand({
    redactor: createRedactor(),
    audit: { append: async (entry) => void audited.push(entry) },
    metrics: createMetrics(),
    running: createRunning(),
    log: pino({ level: 'silent' }),
    ...nothingKnown,
    now: () => new Date('2026-03-01T10:00:00Z'),
    served: { commands: new Map([[command.name, { command, ports: async () => 'the tower' }]]) },
    ...(more.deadlineMs === undefined ? {} : { deadlineMs: more.deadlineMs }),
  });
  const caller = {
    principal: {
      agent: 'agent:a',
      human: 'human:h',
      via: 'socket' as const,
      scopes: more.scopes ?? (['read', 'record'] as const),
    },
    client: 'test 1',
  };
  const ask = (input: unknown = {}, name = command.name, signal = new AbortController().signal) =>
    run({ command: name, input, caller, signal, progress: (one) => told.push(one) });
  return { ask, audited, told };
}

const codeOf = (reply: OperatorReply): string => ('error' in reply ? reply.error.code : 'answered');

describe('a command of an operator', () => {
  it('is asked with its ports and who asks, and leaves one row', async () => {
    const { ask, audited, told } = setUp(
      commandOf(async ({ stones }, { ports, principal, progress }) => {
        progress('counting', 1, 2);
        return { stones: Number(stones), ports: String(ports), by: principal.human };
      }),
    );
    expect(await ask({ stones: 3 })).toEqual({ answer: { stones: 3, ports: 'the tower', by: 'human:h' } });
    expect(told).toEqual([{ message: 'counting', done: 1, total: 2 }]);
    expect(audited).toMatchObject([{ tool: 'tower.survey', effect: 'read', outcome: 'ok', client: 'test 1' }]);
    expect(audited[0]?.bytes).toBeGreaterThan(10);
  });

  it('says nothing of a secret: not in its answer, nor in its progress, nor in its error', async () => {
    const { ask, told } = setUp(
      commandOf(async ({ stones }, { progress }) => {
        progress(`at ${token}`);
        if (stones === 1) {
          throw new CastellanError('some-code', 'operator', { message: `not ${token}`, next: `drop ${token}` });
        }
        return { found: `it is ${token}` };
      }),
    );
    const replies = [await ask(), await ask({ stones: 1 })];
    expect(JSON.stringify([replies, told])).not.toContain(token);
    expect(JSON.stringify(replies)).toContain('«redacted:');
  });

  it('needs the scope of its effect, and is not begun without', async () => {
    let runs = 0;
    const command = commandOf(async () => {
      runs += 1;
      return {};
    }, 'record');
    const { ask, audited } = setUp(command, { scopes: ['read'] });
    expect(codeOf(await ask())).toBe('scope-denied');
    expect(runs).toBe(0);
    expect(audited).toMatchObject([{ tool: 'tower.survey', outcome: 'denied' }]);
  });

  it('leaves its intent in the audit before it changes anything', async () => {
    const { ask, audited } = setUp(commandOf(async () => ({ rows: audited.length }), 'record'));
    expect(await ask()).toEqual({ answer: { rows: 1 } });
    expect(audited.map(({ outcome }) => outcome)).toEqual(['begun', 'ok']);
  });

  it('is refused with an argument it does not know', async () => {
    const { ask } = setUp(commandOf(async () => ({})));
    expect(await ask({ stone: 3 })).toMatchObject({
      error: { code: 'input-invalid', message: expect.stringContaining('did you mean `stones`') },
    });
  });

  it('that nobody has is refused, and its name is not kept', async () => {
    const { ask, audited } = setUp(commandOf(async () => ({})));
    expect(await ask({}, 'tower.burn')).toMatchObject({
      error: { code: 'command-unknown', next: expect.stringContaining('tower.survey') },
    });
    expect(audited).toMatchObject([{ tool: 'operator.unknown', outcome: 'error', code: 'command-unknown' }]);
  });

  it.each([
    ['at its deadline', 20, undefined, 'deadline-exceeded'],
    ['when its client goes', 60_000, AbortSignal.timeout(20), 'call-cancelled'],
  ])('ends %s', async (_, deadlineMs, signal, code) => {
    const { ask } = setUp(
      commandOf(() => new Promise(() => undefined)),
      { deadlineMs },
    );
    expect(codeOf(await ask({}, undefined, signal))).toBe(code);
  });
});
