import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { Secret } from '../kit/index.ts';
import { loadConfig } from './load.ts';
import { printableConfig } from './print.ts';
import { garden, Scratch } from './scratch.fixture.ts';
import type { Config } from './valid.ts';

const printed = (config: Config): string => stringify(printableConfig(config));

describe('the configuration in print', () => {
  test('has every value and where it comes from', () => {
    using scratch = new Scratch();
    const config = scratch.load('log:\n  level: debug\nhttp: {}\nlights: { bridge: x }', {
      CASTELLAN_BACKUP_KEEP: '2',
    });
    const text = printed(config);
    expect(text).toContain(`# data directory: ${join(scratch.folder, 'home')}`);
    expect(text).toContain('level: debug # castellan.yaml:2:3');
    expect(text).toContain('keep: 2 # CASTELLAN_BACKUP_KEEP');
    expect(text).toContain('everyHours: 24 # default');
    expect(text).toContain('listen: 127.0.0.1:7420 # default');
    expect(text).toContain('bridge: x # castellan.yaml:4:11');
  });

  test('can be loaded again and comes to the same', () => {
    using scratch = new Scratch();
    const config = scratch.load(
      'http: { listen: "[::1]:9", allowedOrigins: ["https://a.example.net"] }\nlog: { level: warn }',
    );
    const again = scratch.load(printed(config));
    expect({ ...again, origins: undefined }).toEqual({ ...config, origins: undefined });
    expect(parse(printed(scratch.load('http: false')))).toMatchObject({ http: false });
  });

  test('shows a group that is there without its section, and one that was taken away', () => {
    using scratch = new Scratch();
    const load = (yaml: string): Config => scratch.load(yaml, {}, [garden]);
    expect(printed(load(''))).toContain('beds: 2 # default');
    const without = load('garden: false');
    expect(printed(without)).toContain('garden: false # castellan.yaml:1:1');
    expect(load(printed(without))).toMatchObject({ groupsRefused: ['garden'] });
  });

  test('shows of a secret where it is, and nothing more', () => {
    using scratch = new Scratch();
    const secret = randomBytes(18).toString('hex');
    const file = scratch.write('pw', secret);
    const config = scratch.load('database: { postgres: { host: h, database: d, user: u, passwordFrom: ./pw } }');
    expect(printed(config)).toContain(`passwordFrom: «secret» # ${file}, named at castellan.yaml:1:`);
    for (const text of [printed(config), inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config)]) {
      expect(text).not.toContain(secret);
    }
  });

  test('shows no secret that a group made of what was typed', () => {
    using scratch = new Scratch();
    const secret = randomBytes(18).toString('hex');
    const slice = {
      configKey: 'lamps',
      summary: '',
      howToConfigure: '',
      config: z.strictObject({ on: z.string().transform(() => [new Secret(secret), new Map([['x', secret]])]) }),
    };
    const config = scratch.write('lamps.yaml', 'lamps: { on: x }');
    const loaded = loadConfig({ flags: { config }, environment: { HOME: scratch.folder }, cwd: '/', slices: [slice] });
    expect(printed(loaded)).not.toContain(secret);
    expect(printed(loaded)).toContain('«secret»');
  });

  test('keeps a path with a line break out: it would read as a key', () => {
    using scratch = new Scratch();
    const config = scratch.loadFlags({ home: '/srv/a\nhttp: { listen: x }' });
    expect(
      printed(config)
        .split('\n')
        .filter((line) => line.startsWith('http')),
    ).toEqual([]);
  });
});
