import { describe, expect, test } from 'vitest';
import { nearestOf, overridesOf } from './overrides.ts';
import { core } from './raw.ts';
import { refusedBy, Scratch } from './scratch.fixture.ts';

describe('the variables that set a key', () => {
  test('are those of the scalar keys of the core', () => {
    expect(overridesOf(core).map(({ variable }) => variable)).toEqual([
      'CASTELLAN_DATABASE_EMBEDDED_DIRECTORY',
      'CASTELLAN_DATABASE_POSTGRES_HOST',
      'CASTELLAN_DATABASE_POSTGRES_PORT',
      'CASTELLAN_DATABASE_POSTGRES_DATABASE',
      'CASTELLAN_DATABASE_POSTGRES_USER',
      'CASTELLAN_DATABASE_POSTGRES_PASSWORD_FROM',
      'CASTELLAN_DATABASE_POSTGRES_TLS',
      'CASTELLAN_DATABASE_POSTGRES_CA_FILE',
      'CASTELLAN_HTTP_LISTEN',
      'CASTELLAN_HTTP_BODY_LIMIT_BYTES',
      'CASTELLAN_HTTP_REQUESTS_PER_MINUTE',
      'CASTELLAN_SOCKET_AGENT',
      'CASTELLAN_SOCKET_HUMAN',
      'CASTELLAN_BACKUP_EVERY_HOURS',
      'CASTELLAN_BACKUP_KEEP',
      'CASTELLAN_LOG_LEVEL',
    ]);
  });

  test('set it with or without a file, and count as unset when they are empty', () => {
    using scratch = new Scratch();
    expect(scratch.loadFlags({}, { CASTELLAN_LOG_LEVEL: 'warn' }).log.level).toBe('warn');
    expect(scratch.loadFlags({}, { CASTELLAN_LOG_LEVEL: '' }).log.level).toBe('info');
    expect(scratch.load('backup: { keep: 3 }', { CASTELLAN_BACKUP_KEEP: '4' }).backup.keep).toBe(4);
  });

  test('win over http: false', () => {
    using scratch = new Scratch();
    const { http, httpRefused } = scratch.load('http: false', { CASTELLAN_HTTP_LISTEN: '127.0.0.1:0' });
    expect([http?.port, httpRefused]).toEqual([0, false]);
  });

  test('can name a whole database server, its password by its file', () => {
    using scratch = new Scratch();
    scratch.write('pw', 'drawn at run time is not needed to be told apart');
    const { database } = scratch.loadFlags(
      {},
      {
        CASTELLAN_DATABASE_POSTGRES_HOST: 'db.example.net',
        CASTELLAN_DATABASE_POSTGRES_PORT: '6432',
        CASTELLAN_DATABASE_POSTGRES_DATABASE: 'castellan',
        CASTELLAN_DATABASE_POSTGRES_USER: 'castellan',
        CASTELLAN_DATABASE_POSTGRES_PASSWORD_FROM: './pw',
      },
    );
    expect(database).toMatchObject({ kind: 'postgres', host: 'db.example.net', port: 6432, tls: 'verify-full' });
  });

  test('do not hide that the section in the file is of the wrong kind', () => {
    using scratch = new Scratch();
    expect(refusedBy(() => scratch.load('log: words', { CASTELLAN_LOG_LEVEL: 'warn' })).message).toContain(
      'log is text',
    );
  });
});

describe('a variable that sets nothing', () => {
  test.each([
    ['CASTELLAN_HTTP_LISTN', 'CASTELLAN_HTTP_LISTEN'],
    ['CASTELLAN_LOGLEVEL', 'CASTELLAN_LOG_LEVEL'],
    ['CASTELLAN_CONFG', 'CASTELLAN_CONFIG'],
    ['CASTELLAN_DATABASE_POSTGRES_PASSWORD', 'CASTELLAN_DATABASE_POSTGRES_PASSWORD_FROM'],
  ])('%s is refused when it means us, without its value', (variable, nearest) => {
    using scratch = new Scratch();
    const error = refusedBy(() => scratch.loadFlags({}, { [variable]: 'the-value-it-holds' }));
    expect(error).toMatchObject({ code: 'config-unknown-key' });
    expect(error.message).toContain(`${variable}: sets no key; the nearest that does is ${nearest}`);
    expect(error.message).not.toContain('the-value-it-holds');
  });

  test.each([
    'CASTELLAN_LAB_CACHE',
    'CASTELLAN_PORT',
    'CASTELLAN_SERVICE_HOST',
    'CASTELLAN_HTTP_SERVICE_PORT_WEB',
    'CASTELLAN_HTTP_PORT_7420_TCP_ADDR',
  ])("%s is somebody else's", (variable) => {
    using scratch = new Scratch();
    expect(scratch.loadFlags({}, { [variable]: 'x' }).log.level).toBe('info');
  });
});

describe('the nearest name', () => {
  test('is the one with the fewest edits, or that goes on where the word ends', () => {
    expect(nearestOf('lisen', ['listen', 'level'])).toBe('listen');
    expect(nearestOf('password', ['port', 'passwordFrom', 'host'])).toBe('passwordFrom');
    expect(nearestOf('x', [])).toBeUndefined();
  });
});
