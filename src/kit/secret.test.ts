import { Console } from 'node:console';
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { Secret } from './secret.ts';
import { Untrusted } from './untrusted.ts';

const value = randomBytes(16).toString('hex');

const plus = (a: unknown, b: unknown): unknown => (a as number) + (b as number);

/** What an attempt to see the value yields: a text, or the message of the error it ends in. */
function seen(look: () => unknown): string {
  try {
    const result = look();
    return typeof result === 'string' ? result : Buffer.isBuffer(result) ? result.toString('latin1') : inspect(result);
  } catch (error) {
    return error instanceof Error ? `threw ${error.message}` : 'threw';
  }
}

function printed(thing: unknown): string {
  let out = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      out += String(chunk);
      done();
    },
  });
  new Console(stream, stream).log('%s %o %j', thing, { thing }, 1, thing);
  return out;
}

const looks: readonly (readonly [string, (thing: Secret | Untrusted) => unknown])[] = [
  ['a template literal', (thing) => `${thing}`],
  ['concatenation', (thing) => ''.concat(thing as unknown as string)],
  ['plus', (thing) => plus(thing, 1)],
  ['String()', (thing) => String(thing)],
  ['Number()', (thing) => Number(thing)],
  ['an array joined', (thing) => [thing].join()],
  ['JSON', (thing) => JSON.stringify({ thing })],
  ['inspect', (thing) => inspect(thing)],
  ['inspect without its say', (thing) => inspect(thing, { customInspect: false, showHidden: true, depth: 9 })],
  ['format %s', (thing) => format('%s', thing)],
  ['format %o', (thing) => format('%o', thing)],
  ['format %j', (thing) => format('%j', thing)],
  ['format %O', (thing) => format('%O', thing)],
  ['format behind the end', (thing) => format('text', thing)],
  ['console', (thing) => printed(thing)],
  ['structuredClone', (thing) => structuredClone(thing)],
  ['v8 serialisation', (thing) => serialize(thing)],
  ['an error message', (thing) => new Error(thing as unknown as string).message],
  ['an error cause', (thing) => inspect(new Error('failed', { cause: thing }))],
  ['its own properties', (thing) => Reflect.ownKeys(thing).map((name) => Reflect.get(thing, name))],
  ['a spread', (thing) => ({ ...thing })],
  ['URL parameters', (thing) => new URLSearchParams({ thing: thing as unknown as string }).toString()],
  ['a header', (thing) => [...new Headers({ thing: thing as unknown as string })].flat().join()],
];

describe('a Secret', () => {
  test.each(looks)('does not show its value to %s', (_, look) => {
    expect(seen(() => look(new Secret(value)))).not.toContain(value);
  });

  test('throws rather than put a placeholder where its value should stand', () => {
    const secret = new Secret(value);
    expect(() => `${secret}`).toThrow('cannot be turned into text');
    expect(() => plus(secret, 1)).toThrow('cannot be turned into text');
    expect(() => secret.toString()).toThrow('cannot be turned into text');
  });

  test('prints as a placeholder', () => {
    expect(inspect({ password: new Secret(value) })).toBe('{ password: Secret(«secret») }');
    expect(JSON.stringify({ password: new Secret(value) })).toBe('{"password":"«secret»"}');
  });

  test('shows its value to the one who asks by name', () => {
    expect(new Secret(value).reveal()).toBe(value);
  });
});

describe('Untrusted text', () => {
  test.each(looks)('does not show itself to %s', (_, look) => {
    expect(seen(() => look(new Untrusted(value)))).not.toContain(value);
  });

  test('cannot be serialised or mixed into a sentence', () => {
    const text = new Untrusted(value);
    expect(() => JSON.stringify({ text })).toThrow('by the renderer only');
    expect(() => `${text}`).toThrow('by the renderer only');
    expect(() => text.toString()).toThrow('by the renderer only');
  });

  test('stays untrusted when it is changed', () => {
    const changed = new Untrusted(value).map((text) => text.toUpperCase());
    expect(changed).toBeInstanceOf(Untrusted);
    expect(Untrusted.openForRendering(changed)).toBe(value.toUpperCase());
  });

  test('answers a question about itself without being held', () => {
    expect(new Untrusted('connection refused').test((text) => text.includes('refused'))).toBe(true);
    expect(new Untrusted('connection refused').test((text) => text.includes('timeout'))).toBe(false);
  });
});
