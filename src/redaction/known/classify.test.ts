import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../fixtures/random.ts';
import { pem } from '../fixtures/samples.ts';
import { classify } from './classify.ts';

const none: ReadonlySet<string> = new Set();
const classOf = (value: string, published = none): string => {
  const judged = classify({ key: 'key', value, published });
  return 'class' in judged ? judged.class : `skipped: ${judged.skipped}`;
};
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');

describe('the class of a value', () => {
  it.each([
    ['a random one', () => base64(24)],
    ['random hex', () => hex(16)],
    ['a UUID', () => '6fd9c1f4-1f0e-4b39-9d64-07f4a6a3c5b2'.replace(/[0-9a-f]/g, () => hex(1).charAt(0))],
    ['a token with its prefix', () => `tok_${base64(18)}`],
    ['a URL with a password', () => `postgresql://app:${base64(9).replaceAll('/', 'x')}@db.example.net/app`],
    ['a webhook', () => `https://hooks.example.net/services/${hex(12)}`],
    ['a private key', () => pem(createRandom(3), 'PRIVATE KEY').text],
    ['a document that holds one', () => JSON.stringify({ type: 'x', inner: { token: base64(24) } })],
    ['a file that holds one', () => `[default]\nregion = eu\nsecret = ${base64(24)}\n`],
  ])('%s is a', (_, value) => {
    for (let turn = 0; turn < 30; turn += 1) expect(classOf(value())).toBe('a');
    // Whatever the trusted base says: a leak is masked all the same.
    const leaked = value();
    expect(classOf(leaked, new Set([leaked]))).toBe('a');
  });

  it.each(['Sunshine1', 'hunter2zz', 'correct horse battery staple', 'Wolkenkratzer', 'p4ss!w0rd', 'viola-da-gamba'])(
    '%s is b, and public when it stands in the trusted base',
    (value) => {
      expect(classOf(value)).toBe('b');
      expect(classOf(value, new Set([value]))).toBe('public');
    },
  );

  it.each(['4711', '0042', '271828', 'sesame', 'aB3x'])(
    '%s is c, and public when it stands in the trusted base',
    (value) => {
      expect(classOf(value)).toBe('c');
      expect(classOf(value, new Set([value]))).toBe('public');
    },
  );

  it.each([
    ['', 'empty'],
    ['abc', 'shorter than four characters'],
    ['true', 'a word everybody uses'],
    ['admin', 'a word everybody uses'],
    ['house', 'a word everybody uses'],
    ['postgres', 'words everybody uses'],
    ['grafana-admin-user', 'words everybody uses'],
    ['ci-runner-01', 'words everybody uses'],
    ['vault.example.net', 'a hostname'],
    ['registry.example.net:5000', 'a hostname'],
    ['postgresql.databases.svc.cluster.local', 'a hostname'],
    ['https://vault.example.net:8200/ui/', 'a URL'],
    ['ops@example.net', 'an e-mail address'],
    ['/var/lib/postgresql/data', 'a path'],
    ['ghcr.io/example/server:v1.2.3', 'an image'],
    ['postgres:16-alpine', 'an image'],
    ['192.0.2.10:5432', 'an address'],
    ['2001:db8::1', 'an address'],
    ['v1.12.3-rc1', 'a version'],
    ['2026-03-12T10:11:12Z', 'a date'],
    ['Europe/Vienna', 'a time zone'],
    ['12345678901', 'a number'],
    ['512Mi', 'an amount'],
    [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${base64(24)} ops`, 'a public key'],
    ['{"retries":3,"hosts":["a.example.net"]}', 'a document without a secret in it'],
    ['region = eu\noutput = json\n', 'text without a secret in it'],
    [`-----BEGIN CERTIFICATE-----\n${base64(48)}\n-----END CERTIFICATE-----\n`, 'text without a secret in it'],
  ])('%j is skipped: %s', (value, why) => {
    expect(classOf(value)).toBe(`skipped: ${why}`);
  });

  it('does not come from the name of the key', () => {
    const value = base64(24);
    for (const key of ['app_host', 'PUBLIC_URL', 'username', 'port', 'password']) {
      expect(classify({ key, value, published: none })).toEqual({ class: 'a' });
    }
  });
});
