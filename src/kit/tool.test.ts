import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { text } from './answer.ts';
import { defineGroup } from './group.ts';
import { definePort, provide } from './port.ts';
import { principalId } from './principal.ts';
import { commonFields, type ToolContext, toolsFor } from './tool.ts';

interface Clock {
  strike(): string;
}
const clockPort = definePort<Clock>('clock');

const context: ToolContext<{ clock: Clock }> = {
  ports: { clock: { strike: () => 'bong' } },
  principal: { agent: 'agent:ada-helper', human: 'human:ada', via: 'socket', scopes: ['read'] },
  signal: new AbortController().signal,
  now: () => new Date(0),
  progress: () => undefined,
  page: { position: undefined, mint: () => '' },
  room: 8_000,
};
const coverage = { covered: 'the clock' };

const { defineTool } = toolsFor<{ clock: Clock }>();
const strike = defineTool({
  name: 'clock_strike',
  title: 'Strike',
  description: 'Strikes.',
  effect: 'read',
  input: z.strictObject({ times: z.int().default(1).describe('how often'), ...commonFields }),
  async run(input, { ports, now }) {
    expectTypeOf(input.times).toEqualTypeOf<number>();
    expectTypeOf(input.cursor).toEqualTypeOf<string | undefined>();
    expectTypeOf(ports).toEqualTypeOf<{ clock: Clock }>();
    return text({ asOf: now(), coverage, blocks: Array.from({ length: input.times }, () => ports.clock.strike()) });
  },
});

describe('a tool', () => {
  test('runs with the input its own schema makes', async () => {
    await expect(strike.run({}, context)).resolves.toMatchObject({ blocks: ['bong'] });
    await expect(strike.run({ times: 2 }, context)).resolves.toMatchObject({ blocks: ['bong', 'bong'] });
  });

  test('refuses an argument it does not have, and one of the wrong shape', async () => {
    await expect(async () => strike.run({ tiems: 2 }, context)).rejects.toThrow('tiems');
    await expect(async () => strike.run({ times: '2' }, context)).rejects.toThrow('expected number');
  });

  test('refuses a budget above the ceiling', async () => {
    await expect(async () => strike.run({ budget: 24_001 }, context)).rejects.toThrow('24000');
  });

  test('cannot be changed once defined', () => {
    expect(Object.isFrozen(strike)).toBe(true);
  });
});

describe('a group', () => {
  const tower = defineGroup({
    name: 'tower',
    summary: 'The tower.',
    prefixes: ['clock'],
    configKey: 'tower',
    config: z.strictObject({ height: z.number() }),
    howToConfigure: 'tower: { height: 20 }',
    routing: [],
    requires: { clock: clockPort },
    provides: [],
    tools: [strike],
    async connect(config, required) {
      expectTypeOf(config).toEqualTypeOf<{ height: number }>();
      expectTypeOf(required.clock).toEqualTypeOf<Clock>();
      return {
        ports: { clock: required.clock },
        provides: [provide(clockPort, required.clock)],
        probe: async () => [
          { check: `height ${config.height}`, status: 'pass' as const, detail: required.clock.strike() },
        ],
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  });

  test('connects with its proven configuration and the ports it requires', async () => {
    await using connection = await tower.connect({ height: 20 }, { clock: context.ports.clock });
    await expect(connection.probe(context.signal)).resolves.toEqual([
      { check: 'height 20', status: 'pass', detail: 'bong' },
    ]);
  });

  test('does not connect with a configuration that is not its own', async () => {
    await expect(async () => tower.connect({ hieght: 20 }, {})).rejects.toThrow('hieght');
  });
});

describe('the name of a principal', () => {
  test('is one string', () => {
    expect(principalId(context.principal)).toBe('agent:ada-helper/human:ada/socket');
  });

  test('is another for every other principal, whatever its parts contain', () => {
    const one = principalId({ ...context.principal, agent: 'agent:a', human: 'human:b/c' });
    const two = principalId({ ...context.principal, agent: 'agent:a/human:b', human: 'c' });
    const three = principalId({ ...context.principal, agent: 'agent:a', human: 'human:b%2Fc' });
    expect(new Set([one, two, three]).size).toBe(3);
  });
});
