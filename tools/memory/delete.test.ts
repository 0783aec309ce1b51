import { expect, it } from 'vitest';
import { remove } from './delete.ts';
import { callTool, portsOver } from './memory.fixture.ts';

it('takes entries out of sight for whoever called, each once, and says whose way back there is', async () => {
  const calls: unknown[] = [];
  const ports = portsOver({ remove: async (...given) => void calls.push(given) });
  const { text } = await callTool(remove, ports, { ids: [12, 13, 12] });
  expect(calls).toEqual([[[12, 13], { human: 'human:robin', agent: 'agent:claude' }]]);
  expect(text).toContain('deleted #12, #13');
  expect(text).toContain('memory-tool restore 12 13');
});

it.each([{ ids: [] }, { ids: ['12'] }, { ids: [1.5] }, {}, { ids: [1], forever: true }])('refuses %j', (input) => {
  expect(remove.input.safeParse(input).success).toBe(false);
});
