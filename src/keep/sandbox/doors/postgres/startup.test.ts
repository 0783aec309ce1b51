import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../kit/index.ts';
import { readConnection } from './login.ts';
import { readFirstMessage, welcome } from './startup.ts';

function startup(settings: Readonly<Record<string, string>>, code = 196_608): Buffer {
  const body = Buffer.from(
    `${Object.entries(settings)
      .map(([name, value]) => `${name}\0${value}\0`)
      .join('')}\0`,
  );
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(code, 4);
  return Buffer.concat([head, body]);
}

describe('the first message of a Postgres client', () => {
  it('is read whatever its settings are, and waited for until it is whole', () => {
    const sign = fc
      .string({ minLength: 1 })
      .filter((name) => !name.includes('\0') && !/^\d+$/.test(name) && name !== '__proto__');
    const value = fc.string().filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.dictionary(sign, value), fc.nat(), (settings, cut) => {
        const bytes = startup(settings);
        expect(readFirstMessage(bytes)).toEqual({
          kind: 'startup',
          length: bytes.length,
          minor: 0,
          settings: new Map(Object.entries(settings)),
        });
        expect(readFirstMessage(bytes.subarray(0, cut % bytes.length)).kind).toBe('incomplete');
      }),
    );
  });

  it('never breaks the reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['incomplete', 'encryption', 'startup', 'foreign']).toContain(readFirstMessage(Buffer.from(bytes)).kind);
      }),
    );
  });

  it('may ask for encryption, of either kind; a cancellation or another protocol is nobody’s', () => {
    const request = (code: number): Buffer =>
      Buffer.from([0, 0, 0, 8, ...[24, 16, 8, 0].map((by) => (code >>> by) & 0xff)]);
    expect(readFirstMessage(request(80_877_103)).kind).toBe('encryption');
    expect(readFirstMessage(request(80_877_104)).kind).toBe('encryption');
    expect(readFirstMessage(request(80_877_102)).kind).toBe('foreign');
    expect(readFirstMessage(Buffer.from('GET / HTTP/1.1\r\n')).kind).toBe('foreign');
    expect(readFirstMessage(startup({ user: 'x' }, 196_610))).toMatchObject({ kind: 'startup', minor: 2 });
  });

  it('is answered with what a server says after a login', () => {
    const bytes = welcome(new Map([['server_version', '17']]), 0);
    expect([...bytes.toString('latin1')].filter((sign) => 'RSKZ'.includes(sign)).join('')).toBe('RSKZ');
    expect(welcome(new Map(), 2).toString('latin1', 0, 1)).toBe('v');
  });
});

describe('a connection string', () => {
  it('is understood', () => {
    expect(
      readConnection(new Secret('postgresql://a%40b:p%2Fw@db.example.net:5433/state?sslmode=verify-full')),
    ).toEqual({
      host: 'db.example.net',
      port: 5433,
      database: 'state',
      user: 'a@b',
      password: 'p/w',
      ssl: { rejectUnauthorized: true },
    });
    expect(readConnection(new Secret('postgres://a@[::1]/state'))).toMatchObject({
      host: '::1',
      port: 5432,
      ssl: { rejectUnauthorized: false },
    });
  });

  it.each([
    '',
    'host=x',
    'mysql://a@b/c',
    'postgres://a@b',
    'postgres://a@b/c?options=x',
    'postgres://a@b/c?sslmode=allow',
  ])('is refused without being quoted: %j', (text) => {
    expect(() => readConnection(new Secret(text))).toThrow(expect.objectContaining({ code: 'sandbox-door-failed' }));
  });
});
