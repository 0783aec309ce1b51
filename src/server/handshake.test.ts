import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hello, isOlder, parseHello, parseWelcome, protocol } from './handshake.ts';

const hello: Hello = {
  castellan: protocol,
  build: { version: '1.2.3', stamp: '' },
  schema: 1,
  config: null,
  purpose: 'mcp',
};

describe('the handshake', () => {
  it('reads back what was written', () => {
    expect(parseHello(JSON.stringify(hello))).toEqual(hello);
    const control = { ...hello, config: '/etc/castellan.yaml', purpose: { control: 'status' as const } };
    expect(parseHello(JSON.stringify(control))).toEqual(control);
    const operator = { ...hello, purpose: 'operator' as const };
    expect(parseHello(JSON.stringify(operator))).toEqual(operator);
    const welcome = { castellan: protocol, build: hello.build, schema: 1, config: null, pid: 7, clients: 0 };
    expect(parseWelcome(JSON.stringify(welcome))).toEqual(welcome);
  });

  it.each([
    ['another protocol', { ...hello, castellan: 2 }],
    ['an unknown verb', { ...hello, purpose: { control: 'approve' } }],
    ['a build without a version', { ...hello, build: { stamp: '' } }],
    ['a configuration that is no path', { ...hello, config: 3 }],
    ['no schema', { ...hello, schema: undefined }],
  ])('refuses %s', (_, line) => {
    expect(parseHello(JSON.stringify(line))).toBeUndefined();
  });

  it('never throws, whatever the first line is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(parseHello(line)).toBeUndefined();
        expect(parseWelcome(line)).toBeUndefined();
      }),
    );
  });
});

describe('which build is older', () => {
  it.each([
    ['0.1.0', '', '0.2.0', '', true],
    ['0.10.0', '', '0.9.9', '', false],
    ['1.0.0', '2026-01-01T00:00:00Z', '1.0.0', '2026-01-02T00:00:00Z', true],
    ['1.0.0', '', '1.0.0', '2026-01-02T00:00:00Z', false],
  ])('%s %s beside %s %s', (version, stamp, otherVersion, otherStamp, expected) => {
    expect(isOlder({ version, stamp }, { version: otherVersion, stamp: otherStamp })).toBe(expected);
  });

  it('is a strict order: two builds are never both older', () => {
    const build = fc.record({
      version: fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((numbers) => numbers.join('.')),
      stamp: fc.constantFrom('', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(build, build, (one, other) => {
        expect(isOlder(one, other) && isOlder(other, one)).toBe(false);
      }),
    );
  });
});
