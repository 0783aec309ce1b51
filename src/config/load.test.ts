import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../kit/index.ts';
import { core } from './raw.ts';
import { garden, lights, refusedBy, Scratch } from './scratch.fixture.ts';
import { members } from './shape.ts';

const secretText = (): string => randomBytes(18).toString('hex');

describe('what holds when little is said', () => {
  test('nothing at all is a configuration', () => {
    using scratch = new Scratch();
    const config = scratch.loadFlags({});
    expect(config).toMatchObject({
      home: join(scratch.folder, '.local/state/castellan'),
      file: undefined,
      database: { kind: 'embedded', directory: join(scratch.folder, '.local/state/castellan/db') },
      http: undefined,
      httpRefused: false,
      socket: { agent: 'claude-code', scopes: ['read', 'record', 'propose'] },
      backup: { everyHours: 24, keep: 7 },
      log: { level: 'info' },
    });
    expect(config.socket.human).toMatch(/^[a-zA-Z0-9]/);
    expect(config.groups.size).toBe(0);
  });

  test.each(['', '# only a comment\n', '---\n', '{}\n'])('a file that says nothing (%j) is one too', (yaml) => {
    using scratch = new Scratch();
    expect(scratch.load(yaml).log.level).toBe('info');
  });

  test('the default file is read when it is there', () => {
    using scratch = new Scratch();
    mkdirSync(join(scratch.folder, '.config/castellan'), { recursive: true });
    const file = scratch.write('.config/castellan/castellan.yaml', 'log: { level: debug }\n');
    expect(scratch.loadFlags({})).toMatchObject({ file, log: { level: 'debug' } });
  });

  test('a relative XDG directory is not followed', () => {
    using scratch = new Scratch();
    const { home } = scratch.loadFlags({}, { XDG_STATE_HOME: 'state', XDG_CONFIG_HOME: 'config' });
    expect(home).toBe(join(scratch.folder, '.local/state/castellan'));
  });

  test.each(['', 'log: { level: warn }', 'garden: {}'])('a group may be there without its section (%j)', (yaml) => {
    using scratch = new Scratch();
    const config = scratch.load(yaml, {}, [lights, garden]);
    expect([...config.groups]).toEqual([['garden', { beds: 2 }]]);
    expect(config.groupsByDefault).toEqual(yaml.startsWith('garden') ? [] : ['garden']);
    expect(config.groupsRefused).toEqual([]);
  });

  test('such a group is as it is written, or taken away', () => {
    using scratch = new Scratch();
    const given = scratch.load('garden: { beds: 5, plan: beds.txt }', {}, [garden]);
    expect(given.groups.get('garden')).toEqual({ beds: 5, plan: join(scratch.folder, 'beds.txt') });
    const refused = scratch.load('garden: false', {}, [garden]);
    expect([...refused.groups, ...refused.groupsByDefault]).toEqual([]);
    expect(refused.groupsRefused).toEqual(['garden']);
    for (const wrong of ['garden: true', 'garden: { bed: 5 }', 'lights: false']) {
      expect(refusedBy(() => scratch.load(wrong, {}, [lights, garden])).code).toMatch(/^config-/);
    }
  });

  test('http is absent, refused or as it is written', () => {
    using scratch = new Scratch();
    expect(scratch.load('')).toMatchObject({ http: undefined, httpRefused: false });
    expect(scratch.load('http: false')).toMatchObject({ http: undefined, httpRefused: true });
    expect(scratch.load('http: { listen: "[::1]:0" }')).toMatchObject({
      http: { host: '::1', port: 0, allowedHosts: [], bodyLimitBytes: 1_048_576, requestsPerMinute: 600 },
      httpRefused: false,
    });
  });
});

describe('flags win over the environment, the environment over the file, the file over defaults', () => {
  test('the data directory', () => {
    using scratch = new Scratch();
    const places = { CASTELLAN_HOME: '/srv/by-variable', XDG_STATE_HOME: '/srv/state' };
    expect(scratch.loadFlags({ home: '/srv/by-flag' }, places).home).toBe('/srv/by-flag');
    expect(scratch.loadFlags({}, places).home).toBe('/srv/by-variable');
    expect(scratch.loadFlags({}, { XDG_STATE_HOME: '/srv/state' }).home).toBe('/srv/state/castellan');
    expect(scratch.loadFlags({}, { CASTELLAN_HOME: '' }).home).toBe(join(scratch.folder, '.local/state/castellan'));
  });

  test('the file', () => {
    using scratch = new Scratch();
    const flag = scratch.write('flag.yaml', '');
    const variable = scratch.write('variable.yaml', '');
    expect(scratch.loadFlags({ config: flag }, { CASTELLAN_CONFIG: variable }).file).toBe(flag);
    expect(scratch.loadFlags({}, { CASTELLAN_CONFIG: variable }).file).toBe(variable);
  });

  test('any port, said anywhere', () => {
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    using scratch = new Scratch();
    fc.assert(
      fc.property(port, port, (inFile, inEnvironment) => {
        const yaml = inFile === undefined ? 'http: {}' : `http: { listen: "127.0.0.1:${inFile}" }`;
        const environment = inEnvironment === undefined ? {} : { CASTELLAN_HTTP_LISTEN: `127.0.0.1:${inEnvironment}` };
        const { http, origins } = scratch.load(yaml, environment);
        expect(http?.port).toBe(inEnvironment ?? inFile ?? 7420);
        const origin = inEnvironment === undefined ? 'castellan.yaml:1:9' : 'CASTELLAN_HTTP_LISTEN';
        expect(origins.get('http.listen')).toBe((inEnvironment ?? inFile) ? origin : undefined);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an unknown key', () => {
  test.each([
    ['htpp: {}', 'castellan.yaml:1:1: htpp is not a key; the nearest known key is http'],
    [
      'log:\n  level: info\n  lvel: info',
      'castellan.yaml:3:3: log.lvel is not a key; the nearest known key is log.level',
    ],
    [
      'http: { listn: "127.0.0.1:1" }',
      'castellan.yaml:1:9: http.listn is not a key; the nearest known key is http.listen',
    ],
    [
      'lights:\n  bridge: x\n  rooms: { hall: { lamps: 1, lamp: 2 } }',
      'castellan.yaml:3:30: lights.rooms.hall.lamp is not a key; the nearest known key is lights.rooms.hall.lamps',
    ],
    [
      'database: { postgres: { host: h, database: d, user: u, password: x } }',
      'castellan.yaml:1:56: database.postgres.password is not a key; the nearest known key is database.postgres.passwordFrom',
    ],
  ])('%j is refused with its place and the nearest known one', (yaml, message) => {
    using scratch = new Scratch();
    expect(refusedBy(() => scratch.load(yaml))).toMatchObject({ code: 'config-unknown-key', message });
  });

  test('is always refused, whatever it is and wherever it stands', () => {
    using scratch = new Scratch();
    const sections = ['', 'http', 'log', 'socket', 'backup', 'database'];
    fc.assert(
      fc.property(fc.constantFrom(...sections), fc.string({ minLength: 1 }), (section, key) => {
        const known = section === '' ? core : members(core).get(section);
        fc.pre(known !== undefined && !members(known).has(key) && key !== 'lights');
        const entry = Object.fromEntries([[key, 1]]);
        const yaml = JSON.stringify(section === '' ? entry : { [section]: entry });
        expect(refusedBy(() => scratch.load(yaml)).code).toMatch(/^config-/);
      }),
    );
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString'])('named %s is one like any other', (key) => {
    using scratch = new Scratch();
    expect(refusedBy(() => scratch.load(`${key}: { polluted: yes }`)).code).toBe('config-unknown-key');
    expect(refusedBy(() => scratch.load(`log: { ${key}: { level: debug } }`)).code).toBe('config-unknown-key');
    expect(refusedBy(() => scratch.load(`lights: { bridge: x, rooms: { hall: { lamps: 1, ${key}: 1 } } }`)).code).toBe(
      'config-unknown-key',
    );
    expect('polluted' in {}).toBe(false);
  });
});

describe('a value no key takes', () => {
  test.each([
    ['log: { level: loud }', 'log.level takes debug, info, warn, error'],
    ['backup: { keep: 0 }', 'backup.keep takes at least 1'],
    ['backup: { keep: many }', 'backup.keep is text; it takes a number'],
    ['backup: { everyHours: .inf }', 'backup.everyHours is not a finite number; it takes a number'],
    ['log:', 'log is empty'],
    ['http: true', 'http cannot be true or false'],
    ['http:', 'http is empty'],
    ['lights: { bridge: "a:b c:d" }', 'lights.bridge has no room for «value»'],
    ['lights: { bridge: x, rooms: { "\\e[2Jhall": { lamps: 0 } } }', 'lights.rooms.«name».lamps takes at least 1'],
    ['http: { listen: ":7420" }', 'http.listen must be an address and a port, like 127.0.0.1:7420 or [::1]:7420'],
    [
      'http: { listen: "127.0.0.1:65536" }',
      'http.listen must be an address and a port, like 127.0.0.1:7420 or [::1]:7420',
    ],
    [
      'http: { listen: "nas.example.net:80" }',
      'http.listen must be an address and a port, like 127.0.0.1:7420 or [::1]:7420',
    ],
    ['http: { allowedOrigins: ["*"] }', 'http.allowedOrigins[0] must be an origin, like https://castellan.example.net'],
    [
      'http: { allowedOrigins: ["null"] }',
      'http.allowedOrigins[0] must be an origin, like https://castellan.example.net',
    ],
    ['http: { allowedHosts: ["*"] }', 'http.allowedHosts[0] must be a host name, without a scheme'],
    ['lights: {}', 'lights.bridge is missing'],
    [
      'database: { embedded: {}, postgres: { host: h, database: d, user: u } }',
      'database takes embedded or postgres, not both',
    ],
    ['just words', 'the file is text; it takes keys below it'],
    ['- a\n- list', 'the file is a list; it takes keys below it'],
  ])('%j: %s', (yaml, words) => {
    using scratch = new Scratch();
    const { code, message } = refusedBy(() => scratch.load(yaml));
    expect(code).toBe('config-invalid');
    expect(message.replace(/^castellan\.yaml:\d+:\d+: /, '')).toBe(words);
  });

  test.each(['0.0.0.0:7420', '[::]:7420', '192.0.2.7:7420', '[::ffff:192.0.2.7]:7420'])(
    'listening on %s takes the names of the hosts',
    (listen) => {
      using scratch = new Scratch();
      expect(refusedBy(() => scratch.load(`http: { listen: "${listen}" }`)).message).toContain('http.allowedHosts');
      const { http } = scratch.load(`http: { listen: "${listen}", allowedHosts: [castellan.example.net] }`);
      expect(http?.allowedHosts).toEqual(['castellan.example.net']);
    },
  );

  test.each(['127.0.0.1:7420', '127.9.9.9:7420', '[::1]:7420', 'localhost:7420'])(
    'listening on %s does not',
    (listen) => {
      using scratch = new Scratch();
      expect(scratch.load(`http: { listen: "${listen}" }`).http?.allowedHosts).toEqual([]);
    },
  );

  test('all problems are told at once, each with its next step', () => {
    using scratch = new Scratch();
    const yaml = 'log: { level: loud }\nhtpp: {}\nlights: { tokenFrom: ./missing }\n';
    const { message } = refusedBy(() => scratch.load(yaml, { CASTELLAN_BACKUP_KEEP: 'x' }));
    expect(message).toContain('the configuration has 5 problems');
    expect(message).toContain('castellan.yaml:1:8: log.level');
    expect(message).toContain('castellan.yaml:2:1: htpp is not a key');
    expect(message).toContain('castellan.yaml:3:1: lights.bridge is missing');
    expect(message).toContain('castellan.yaml:3:11: the file that lights.tokenFrom names does not exist');
    expect(message).toContain('CASTELLAN_BACKUP_KEEP: backup.keep is text');
    expect(message.match(/\n {4}next: /g)).toHaveLength(5);
  });
});

describe('the file itself', () => {
  test('that was named and does not exist is an error', () => {
    using scratch = new Scratch();
    const missing = join(scratch.folder, 'missing.yaml');
    expect(refusedBy(() => scratch.loadFlags({ config: missing })).code).toBe('config-not-found');
    expect(refusedBy(() => scratch.loadFlags({}, { CASTELLAN_CONFIG: missing })).code).toBe('config-not-found');
  });

  test('that is a folder, too large, no text or open to everyone is not read', () => {
    using scratch = new Scratch();
    const refused = (config: string): string => refusedBy(() => scratch.loadFlags({ config })).message;
    expect(refused(scratch.folder)).toContain('is not a file');
    expect(refused(scratch.write('large.yaml', `# ${'x'.repeat(300_000)}`))).toContain('is larger than');
    const open = scratch.write('open.yaml', 'log: { level: debug }');
    chmodSync(open, 0o666);
    expect(refused(open)).toContain('can be changed by every user');
    const bytes = scratch.write('bytes.yaml', '');
    chmodSync(bytes, 0o600);
    expect(scratch.loadFlags({ config: bytes }).log.level).toBe('info');
  });

  test.each([
    ['log: {level: info', /^castellan\.yaml:1:\d+: /],
    ['log:\n\tlevel: info', /^castellan\.yaml:2:1: is indented with a tab/],
    ['log: {}\nlog: {}', /^castellan\.yaml:2:1: is a key that stands there already/],
    ['log: !!js/function x', /^castellan\.yaml:1:6: has a tag/],
    ['? [a]\n: b', /^castellan\.yaml:1:\d+: is a key that is not text/],
    ['log: {}\n---\nhttp: {}', /second document/],
    ['log: *nowhere', /anchors and aliases|alias/],
  ])('%j is told by its line', (yaml, message) => {
    using scratch = new Scratch();
    const error = refusedBy(() => scratch.load(yaml));
    expect(error.code).toBe('config-malformed');
    expect(error.message).toMatch(message);
  });

  test('may not grow beyond its size through aliases', () => {
    using scratch = new Scratch();
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`);
    const bomb = ['a0: &a0 [x, x, x, x]', ...levels].join('\n');
    expect(refusedBy(() => scratch.load(bomb))).toMatchObject({ code: 'config-malformed' });
  });

  test('may not nest beyond reason', () => {
    using scratch = new Scratch();
    expect(refusedBy(() => scratch.load(`log: ${'['.repeat(100_000)}`)).code).toBe('config-malformed');
  });

  test('may share a part through one alias', () => {
    using scratch = new Scratch();
    const { groups } = scratch.load('lights: { bridge: x, rooms: { hall: &two { lamps: 2 }, attic: *two } }');
    expect(groups.get('lights')).toMatchObject({ rooms: { hall: { lamps: 2 }, attic: { lamps: 2 } } });
  });
});

describe('a secret', () => {
  test('is read from its file into a Secret, relative to the file that names it', () => {
    using scratch = new Scratch();
    const secret = secretText();
    scratch.write('password', `${secret}\n`);
    const { database } = scratch.load(
      'database: { postgres: { host: h, database: d, user: u, passwordFrom: ./password } }',
    );
    const password = database.kind === 'postgres' ? database.password : undefined;
    expect(password).toBeInstanceOf(Secret);
    expect(password?.reveal()).toBe(secret);
  });

  test('of a group is looked at now and read when the group connects', () => {
    using scratch = new Scratch();
    const file = scratch.write('token', secretText());
    const { groups } = scratch.load('lights: { bridge: x, tokenFrom: ~/token }');
    expect(groups.get('lights')).toMatchObject({ tokenFrom: file });
    chmodSync(file, 0o644);
    expect(refusedBy(() => scratch.load('lights: { bridge: x, tokenFrom: ~/token }')).code).toBe('secret-file-unsafe');
  });

  test('of the database cannot come from Vault yet, and is not taken as absent', () => {
    using scratch = new Scratch();
    const yaml = 'database: { postgres: { host: h, database: d, user: u, passwordFrom: "vault://kv/db#password" } }';
    expect(refusedBy(() => scratch.load(yaml)).code).toBe('secret-unresolvable');
  });

  test('that stands where its place belongs is refused, and no error tells it', () => {
    using scratch = new Scratch();
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9+/=_.-]{12,40}$/),
        fc.constantFrom<(secret: string) => string>(
          (secret) =>
            `database: { postgres: { host: h, database: d, user: u, passwordFrom: ${JSON.stringify(secret)} } }`,
          (secret) => `database: { postgres: { host: h, database: d, user: u, password: ${JSON.stringify(secret)} } }`,
          (secret) => `lights: { bridge: x, tokenFrom: ${JSON.stringify(secret)} }`,
          (secret) => `lights: { bridge: "https://u:${encodeURIComponent(secret)}@bridge.example.net" }`,
          (secret) => `log: { level: ${JSON.stringify(secret)} }`,
          (secret) => `backup: { keep: "x${secret}" }`,
          (secret) => `${JSON.stringify(`1${secret}`)}: 1`,
          (secret) => `log: { level: info }}\n${secret}`,
          (secret) => `log: "${secret}\\q"`,
          (secret) => `log: *${secret}`,
          (secret) => `log: !${secret.replaceAll(/[^A-Za-z0-9]/g, 'x')} x`,
        ),
        (secret, yamlWith) => {
          // Below its own length a run of one character is also a part of ordinary words.
          fc.pre(new Set(secret).size > 5);
          const error = refusedBy(() => scratch.load(yamlWith(secret)));
          expect(inspect(error, { depth: 9 })).not.toContain(secret);
          expect(`${error.message}${error.next}`).not.toContain(encodeURIComponent(secret));
        },
      ),
    );
  });
});

describe('the value that is loaded', () => {
  test('is frozen to the last leaf, and its maps take nothing', () => {
    using scratch = new Scratch();
    const config = scratch.load('lights: { bridge: x, rooms: { hall: { lamps: 2 } } }\nhttp: { allowedHosts: [a] }');
    const open: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(path);
      for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
    };
    look(config, 'config');
    for (const map of [config.groups, config.origins]) for (const [key, value] of map) look(value, `map.${key}`);
    expect(open).toEqual([]);
    expect(() => Map.prototype.set.call(config.groups, 'vault', {})).toThrow(TypeError);
    expect(() => Map.prototype.clear.call(config.groups)).toThrow(TypeError);
    expect([...config.groups.keys()]).toEqual(['lights']);
  });

  test('has every path absolute', () => {
    using scratch = new Scratch();
    const { database, groups } = scratch.load(
      'database: { embedded: { directory: data } }\nlights: { bridge: x, certificate: ../ca.pem }',
      {
        CASTELLAN_DATABASE_EMBEDDED_DIRECTORY: '~/elsewhere',
      },
    );
    expect(database).toEqual({ kind: 'embedded', directory: join(scratch.folder, 'elsewhere') });
    expect(groups.get('lights')).toMatchObject({ certificate: join(scratch.folder, '../ca.pem') });
  });

  test('is refused when the data directory is too long for a socket', () => {
    using scratch = new Scratch();
    const home = join('/srv', 'x'.repeat(100));
    expect(refusedBy(() => scratch.loadFlags({ home }))).toMatchObject({ code: 'home-unusable' });
  });

  test('can be reached through a link to the file', () => {
    using scratch = new Scratch();
    symlinkSync(scratch.write('real.yaml', 'log: { level: warn }'), join(scratch.folder, 'link.yaml'));
    expect(scratch.loadFlags({ config: 'link.yaml' }).log.level).toBe('warn');
  });
});
