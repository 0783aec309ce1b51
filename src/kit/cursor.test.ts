import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CursorCall, createCursors } from './cursor.ts';
import type { Principal } from './principal.ts';

const ada: Principal = { agent: 'agent:ada-helper', human: 'human:ada', via: 'socket', scopes: ['read'] };
const bob: Principal = { ...ada, agent: 'agent:bob-helper', human: 'human:bob' };
const call: CursorCall = { tool: 'kubectl_get', input: { kind: 'pods', namespace: 'media' }, principal: ada };
const start = new Date('2025-01-01T00:00:00Z');
const hour = 60 * 60 * 1000;
const later = (ms: number): Date => new Date(start.getTime() + ms);

const key = randomBytes(32);
const cursors = createCursors(key);
const minted = cursors.pageFor(call, undefined, start).mint({ at: 50 });

const open = (other: Partial<CursorCall>, cursor = minted, now = start) =>
  cursors.pageFor({ ...call, ...other }, cursor, now).position;

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a cursor', () => {
  test('brings its position back to the call it was minted for', () => {
    expect(open({})).toEqual({ at: 50 });
  });

  test('has no position on the first page', () => {
    expect(cursors.pageFor(call, undefined, start).position).toBeUndefined();
  });

  test('is good on every replica that has the key', () => {
    expect(createCursors(key).pageFor(call, minted, start).position).toEqual({ at: 50 });
  });

  test('of another key is refused', () => {
    const forged = createCursors(randomBytes(32)).pageFor(call, undefined, start).mint({ at: 50 });
    expect(() => open({}, forged)).toThrow(code('cursor-invalid'));
  });

  test.each<[string, Partial<CursorCall>]>([
    ['another principal', { principal: bob }],
    ['the same agent through another door', { principal: { ...ada, via: 'token' } }],
    ['another tool', { tool: 'kubectl_logs' }],
    ['another argument', { input: { kind: 'pods', namespace: 'vault' } }],
    ['one argument fewer', { input: { kind: 'pods' } }],
    ['one argument more', { input: { ...call.input, selector: 'app=web' } }],
  ])('is refused to %s', (_, other) => {
    expect(() => open(other)).toThrow(code('cursor-invalid'));
  });

  test('cannot be lent by names that only look alike when joined', () => {
    const one: Principal = { ...ada, agent: 'agent:a', human: 'human:x/human:y' };
    const two: Principal = { ...ada, agent: 'agent:a/human:x', human: 'human:y' };
    const lent = cursors.pageFor({ ...call, principal: one }, undefined, start).mint(1);
    expect(() => open({ principal: two }, lent)).toThrow(code('cursor-invalid'));
  });

  test('does not mind the order of arguments, nor cursor, budget and what was left out', () => {
    const input = { namespace: 'media', budget: 9_000, cursor: minted, selector: undefined, kind: 'pods' };
    expect(open({ input })).toEqual({ at: 50 });
  });

  test('is good until its hour is over, and not a millisecond longer', () => {
    expect(open({}, minted, later(hour - 1))).toEqual({ at: 50 });
    expect(() => open({}, minted, later(hour))).toThrow(code('cursor-expired'));
  });

  test('with any single bit flipped is refused', () => {
    const bits = Buffer.from(minted).length * 8;
    fc.assert(
      fc.property(fc.nat({ max: bits - 1 }), (bit) => {
        const bytes = Buffer.from(minted);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => open({}, bytes.toString('latin1'))).toThrow(code('cursor-invalid'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('in another spelling of the same bytes is refused', () => {
    for (const spelled of [`${minted}=`, `${minted} `, minted.replace('.', ' .'), `${minted}.`, `.${minted}`]) {
      expect(() => open({}, spelled)).toThrow(code('cursor-invalid'));
    }
  });

  test('made of anything else is refused', () => {
    const [payload = '', signature = ''] = minted.split('.');
    const extended = Buffer.from(JSON.stringify({ expires: later(99 * hour).getTime(), position: 0 })).toString(
      'base64url',
    );
    for (const forged of ['', '.', payload, `${payload}.`, `.${signature}`, `${extended}.${signature}`, '!!!.???']) {
      expect(() => open({}, forged)).toThrow(code('cursor-invalid'));
    }
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(() => open({}, any)).toThrow(code('cursor-invalid'));
      }),
    );
  });

  test('is not made with a short key', () => {
    expect(() => createCursors(randomBytes(31))).toThrow('at least 32 bytes');
  });
});
