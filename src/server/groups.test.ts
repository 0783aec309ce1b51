import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  defineGroup,
  definePort,
  type Group,
  ifConfigured,
  type PortKeys,
  provide,
  table,
  toolsFor,
} from '../kit/index.ts';
import { openGroups } from './groups.ts';

const log = pino({ level: 'silent' });
const clock = definePort<{ readonly time: string }>('clock');
const aside = new AbortController().signal;

interface Sample {
  readonly name: string;
  readonly requires?: PortKeys;
  readonly provides?: readonly string[];
  readonly events?: string[];
  readonly fail?: () => boolean;
  readonly eager?: boolean;
}

function sampleGroup({ name, requires = {}, provides = [], events = [], fail, eager = false }: Sample): Group {
  const { defineTool } = toolsFor<{ readonly seen: unknown }>();
  return defineGroup({
    name,
    summary: name,
    prefixes: [name],
    configKey: name,
    config: z.strictObject({}),
    howToConfigure: `${name}: {}`,
    routing: [],
    requires,
    provides,
    eager,
    tools: [
      defineTool({
        name: `${name}_get`,
        title: name,
        description: name,
        effect: 'read',
        input: z.strictObject({}),
        run: async (_, { now }) => table({ asOf: now(), coverage: { covered: name }, columns: [], rows: [] }),
      }),
    ],
    connect: async (_config, required) => {
      if (fail?.() === true) throw new Error('connection refused by 192.0.2.7');
      events.push(`connect ${name}`);
      return {
        ports: { seen: required },
        provides: provides.map((port) => provide(definePort(port), { time: 'noon' })),
        probe: async () => [{ check: 'reach', status: 'pass', detail: 'fine' }],
        [Symbol.asyncDispose]: async () => {
          events.push(`close ${name}`);
        },
      };
    },
  });
}

const slices = (...groups: Group[]) => new Map(groups.map((group) => [group.configKey, {}]));

describe('groups', () => {
  it('connect when first called, providers before those who require them, and close in the opposite order', async () => {
    const events: string[] = [];
    const user = sampleGroup({ name: 'user', requires: { clock }, events });
    const provider = sampleGroup({ name: 'provider', provides: ['clock'], events });
    const groups = openGroups({ catalogue: [provider, user], slices: slices(provider, user), base: [], log });
    expect(events).toEqual([]);
    const ports = await groups.served.tools.get('user_get')?.ports(aside);
    expect(ports).toEqual({ seen: { clock: { time: 'noon' } } });
    await groups[Symbol.asyncDispose]();
    expect(events).toEqual(['connect provider', 'connect user', 'close user', 'close provider']);
  });

  it('connect before anybody calls when they keep watch, and let the daemon run when they cannot', async () => {
    const events: string[] = [];
    let away = true;
    const broken = sampleGroup({ name: 'broken', eager: true, fail: () => away });
    const watching = sampleGroup({ name: 'watching', eager: true, requires: { clock }, events });
    const provider = sampleGroup({ name: 'provider', provides: ['clock'], events });
    const catalogue = [broken, sampleGroup({ name: 'lazy', events }), provider, watching];
    const groups = openGroups({ catalogue, slices: slices(...catalogue), base: [], log });
    await groups.connectEager();
    expect(events).toEqual(['connect provider', 'connect watching']);
    await expect(groups.served.tools.get('broken_get')?.ports(aside)).rejects.toThrow();
    away = false;
    await groups[Symbol.asyncDispose]();
    await groups.connectEager();
    expect(events.slice(2)).toEqual(['close watching', 'close provider']);
  });

  it('serve only what is configured and name the rest', () => {
    const here = sampleGroup({ name: 'here' });
    const missing = sampleGroup({ name: 'missing' });
    const { served } = openGroups({ catalogue: [here, missing], slices: slices(here), base: [], log });
    expect([...served.tools.keys()]).toEqual(['here_get']);
    expect(served.unconfigured).toEqual([missing]);
  });

  it('refuse a cycle', () => {
    const one = sampleGroup({ name: 'one', requires: { x: definePort('two') }, provides: ['one'] });
    const two = sampleGroup({ name: 'two', requires: { x: definePort('one') }, provides: ['two'] });
    expect(() => openGroups({ catalogue: [one, two], slices: slices(one, two), base: [], log })).toThrowError(
      /require each other/,
    );
  });

  it('let two reach for each other where each can do without, and close the one that reached first', async () => {
    const events: string[] = [];
    const one = sampleGroup({
      name: 'one',
      requires: { x: ifConfigured(definePort('two')) },
      provides: ['one'],
      events,
    });
    const two = sampleGroup({
      name: 'two',
      requires: { x: ifConfigured(definePort('one')) },
      provides: ['two'],
      events,
    });
    const groups = openGroups({ catalogue: [one, two], slices: slices(one, two), base: [], log });
    for (const { name } of [one, two]) await groups.served.tools.get(`${name}_get`)?.ports(aside);
    await groups[Symbol.asyncDispose]();
    expect(events).toEqual(['connect one', 'connect two', 'close one', 'close two']);
  });

  it('close who reaches before who provides, in whatever order they are listed', async () => {
    const events: string[] = [];
    const user = sampleGroup({ name: 'user', requires: { clock: ifConfigured(clock) }, events });
    const provider = sampleGroup({ name: 'provider', provides: ['clock'], events });
    const groups = openGroups({ catalogue: [user, provider], slices: slices(user, provider), base: [], log });
    for (const { name } of [provider, user]) await groups.served.tools.get(`${name}_get`)?.ports(aside);
    await groups[Symbol.asyncDispose]();
    expect(events.slice(2)).toEqual(['close user', 'close provider']);
  });

  it('refuse a requirement nobody meets', () => {
    const user = sampleGroup({ name: 'user', requires: { clock } });
    expect(() => openGroups({ catalogue: [user], slices: slices(user), base: [], log })).toThrowError(
      /requires the port clock/,
    );
  });

  it('do without an optional port that nobody configured provides', async () => {
    const user = sampleGroup({ name: 'user', requires: { clock: ifConfigured(clock) } });
    const provider = sampleGroup({ name: 'provider', provides: ['clock'] });
    await using groups = openGroups({ catalogue: [provider, user], slices: slices(user), base: [], log });
    expect(await groups.served.tools.get('user_get')?.ports(aside)).toEqual({ seen: { clock: undefined } });
  });

  it('connect the provider of an optional port when it is reached for, and work while it cannot be', async () => {
    const events: string[] = [];
    let away = true;
    const user = sampleGroup({ name: 'user', requires: { clock: ifConfigured(clock) }, events });
    const provider = sampleGroup({ name: 'provider', provides: ['clock'], events, fail: () => away });
    const groups = openGroups({ catalogue: [provider, user], slices: slices(provider, user), base: [], log });
    const ports = (await groups.served.tools.get('user_get')?.ports(aside)) as {
      readonly seen: { readonly clock: () => Promise<unknown> };
    };
    expect(events).toEqual(['connect user']);
    await expect(ports.seen.clock()).rejects.toMatchObject({ code: 'group-unavailable' });
    away = false;
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    expect(await ports.seen.clock()).toEqual({ time: 'noon' });
    vi.restoreAllMocks();
    await groups[Symbol.asyncDispose]();
    expect(events).toEqual(['connect user', 'connect provider', 'close user', 'close provider']);
  });

  it("say that a group is unavailable without its driver's words, and report it as failed to doctor", async () => {
    const broken = sampleGroup({ name: 'broken', fail: () => true });
    const groups = openGroups({ catalogue: [broken], slices: slices(broken), base: [], log });
    await expect(groups.served.tools.get('broken_get')?.ports(aside)).rejects.toThrowError(
      /^the group broken could not be connected$/,
    );
    expect(await groups.probe(aside)).toMatchObject([{ group: 'broken', check: 'connect', status: 'fail' }]);
  });

  it('share one connection between concurrent first calls', async () => {
    const events: string[] = [];
    const one = sampleGroup({ name: 'one', events });
    const groups = openGroups({ catalogue: [one], slices: slices(one), base: [], log });
    const tool = groups.served.tools.get('one_get');
    await Promise.all([tool?.ports(aside), tool?.ports(aside), tool?.ports(aside)]);
    expect(events).toEqual(['connect one']);
  });
});
