import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commonFields, effects, record, renderAnswer, type Tool, toolsFor, Untrusted } from '../kit/index.ts';
import { toWireTool } from './wire-tool.ts';

const towers = toolsFor<unknown>().defineTool({
  name: 'tower_list',
  title: 'List towers',
  description: 'Lists towers.',
  effect: 'read',
  input: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z]+$/)
      .max(40)
      .describe('its name'),
    state: z.enum(['open', 'closed']).optional().describe('its state'),
    floors: z.int().default(3).describe('how many'),
    ...commonFields,
  }),
  output: z.strictObject({ towers: z.array(z.strictObject({ note: z.strictObject({ untrusted: z.string() }) })) }),
  run: async (_input, { now }) =>
    record({
      asOf: now(),
      coverage: { covered: 'towers', missing: [{ what: 'the keep', why: 'locked' }] },
      headline: 'one tower',
      notes: ['a note'],
      data: { towers: [{ note: new Untrusted('tall') }, { note: new Untrusted('x'.repeat(500)) }] },
      cut: 'towers',
      continueAt: String,
    }),
});
const served = (change: Partial<Tool>) => toWireTool({ ...towers, ...change });

describe('a tool on the wire', () => {
  test('shows its arguments and that no others are taken', () => {
    expect(served({}).inputSchema).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { type: 'string', description: 'its name' },
        state: { enum: ['open', 'closed'], description: 'its state' },
        floors: { type: 'integer', default: 3, description: 'how many' },
        cursor: { type: 'string', description: expect.any(String) },
        budget: { type: 'integer', minimum: 1_000, maximum: 24_000, description: expect.any(String) },
      },
      required: ['name'],
    });
  });

  test('takes no unknown argument even if its schema forgot to say so', () => {
    expect(served({ input: z.object({}) }).inputSchema).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {},
    });
  });

  test('says by its effect what it may do, and never that it destroys', () => {
    const hints = effects.map((effect) => served({ effect }).annotations);
    expect(hints.map(({ readOnlyHint }) => readOnlyHint)).toEqual([true, false, false]);
    expect(hints.map(({ openWorldHint }) => openWorldHint)).toEqual([true, false, true]);
    expect(hints.map(({ idempotentHint }) => idempotentHint)).toEqual([true, false, false]);
    expect(hints.map(({ destructiveHint }) => destructiveHint)).toEqual([false, false, false]);
  });

  test('helps a search find it', () => {
    expect(served({ searchHint: 'castle', alwaysLoad: true })._meta).toEqual({
      'anthropic/searchHint': 'castle',
      'anthropic/alwaysLoad': true,
    });
    expect(served({})).not.toHaveProperty('_meta');
  });

  test('describes a record so that what the renderer makes of it is valid', async () => {
    const { outputSchema } = served({});
    const valid = z.fromJSONSchema(JSON.parse(JSON.stringify(outputSchema)));
    const context = {
      ports: undefined,
      principal: { agent: 'agent:ada-helper', human: 'human:ada', via: 'socket', scopes: [] },
      signal: new AbortController().signal,
      now: () => new Date(0),
      progress: () => undefined,
      page: { position: undefined, mint: () => '' },
      room: 0,
    } as const;
    const answer = await towers.run({ name: 'north' }, context);
    const redact = (text: string) => ({ text, counts: { rule: 1 } });
    for (const budget of [8_000, 600]) {
      const { structured, truncated } = renderAnswer(answer, {
        budget,
        redact,
        redactAgent: redact,
        redactOwn: redact,
      });
      expect(truncated).toBe(budget === 600);
      expect(valid.parse(structured)).toEqual(structured);
    }
    expect(valid.safeParse({ towers: [] }).success).toBe(false);
  });

  test('has an output schema only if it answers with a record', () => {
    const { output: _, ...text } = towers;
    expect(toWireTool(text)).not.toHaveProperty('outputSchema');
  });

  test('cannot give a meaning of its own to what the renderer writes', () => {
    expect(() => served({ output: z.strictObject({ truncated: z.string() }) })).toThrow('truncated');
  });
});
