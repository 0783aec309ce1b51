import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../tools/catalogue.ts';
import { defineGroup, type Group } from '../kit/index.ts';
import { renderInstructions } from './instructions.ts';
import type { Served } from './served.ts';

/** Beyond this, clients cut what a server says. */
const clientsCutAt = 4_096;

const groupOf = (index: number): Group =>
  defineGroup({
    name: `tower-${index}`,
    summary: 'a tower',
    prefixes: [`tower${index}`],
    configKey: `tower${index}`,
    config: z.strictObject({}),
    howToConfigure: `tower${index}: { address: https://tower-${index}.example.net, credential: /path/to/credential }`,
    routing: [`what tower ${index} sees → tower${index}_look before climbing it`],
    requires: {},
    provides: [],
    tools: [],
    connect: () => Promise.reject(new Error('only looked at')),
  });
const many = Array.from({ length: 60 }, (_, index) => groupOf(index));
const served = (groups: readonly Group[], unconfigured: readonly Group[]): Served => ({
  tools: new Map(),
  commands: new Map(),
  groups,
  unconfigured,
});

describe('the instructions', () => {
  it('say the rule first, then what to use before what, then what is missing and how to add it', () => {
    const [one, other] = [groupOf(1), groupOf(2)];
    const lines = renderInstructions(served([one], [other])).split('\n');
    expect(lines[0]).toMatch(/no answer holds a secret value\. Nothing you call changes the homelab/);
    expect(lines.slice(2)).toEqual([
      'Use before the raw command:',
      '- what tower 1 sees → tower1_look before climbing it',
      'Not configured (ask the operator):',
      `- tower-2: ${other.howToConfigure}`,
    ]);
  });

  it('name every missing group however many there are, within what clients keep', () => {
    const text = renderInstructions(served([], many));
    expect(text.length).toBeLessThanOrEqual(clientsCutAt);
    for (const { name } of many) expect(text).toContain(name);
    expect(text).toContain('castellan://status says how');
  });

  it('keep what is missing when the routing alone would fill them', () => {
    const text = renderInstructions(served([...many, ...many], [groupOf(99)]));
    expect(text.length).toBeLessThanOrEqual(clientsCutAt);
    expect(text).toContain('tower-99');
  });

  it.each([
    ['every group is configured', catalogue, []],
    ['none is', [], catalogue],
  ])('of the real catalogue are whole when %s', (_, groups, unconfigured) => {
    const text = renderInstructions(served(groups, unconfigured));
    expect(text.length).toBeLessThanOrEqual(clientsCutAt);
    expect(text).not.toContain('…');
    for (const line of groups.flatMap(({ routing }) => routing)) expect(text).toContain(line);
    for (const { name } of unconfigured) expect(text).toContain(name);
  });
});
