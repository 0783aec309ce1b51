import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApplyStream } from './stream.ts';
import { line } from './world.fixture.ts';

const read = (text: string) => readApplyStream(text, (name) => `stacks/mail/${name}`);

describe('what apply -json said', () => {
  it('tells what is done, what failed and what nobody knows the end of', () => {
    const text = [
      '{"type":"version","terraform":"1.13.0","ui":"1.2"}\n',
      line('apply_start', 'a.done'),
      line('apply_progress', 'a.done'),
      line('apply_start', 'a.failed["x"]'),
      line('apply_complete', 'a.done'),
      line('apply_errored', 'a.failed["x"]'),
      line('apply_start', 'a.unknown'),
      line('refresh_start', 'a.refreshed'),
    ].join('');
    expect(read(text)).toEqual({
      done: ['a.done'],
      failed: ['a.failed["x"]'],
      unknown: ['a.unknown'],
      diagnostics: [],
    });
  });

  it('knows a replacement that was deleted and not created again as failed', () => {
    const text =
      line('apply_start', 'a') + line('apply_complete', 'a') + line('apply_start', 'a') + line('apply_errored', 'a');
    expect(read(text)).toMatchObject({ done: [], failed: ['a'], unknown: [] });
  });

  it('knows a replacement of which only the first half ended as unknown', () => {
    const text = line('apply_start', 'a') + line('apply_complete', 'a') + line('apply_start', 'a');
    expect(read(text)).toMatchObject({ done: [], failed: [], unknown: ['a'] });
  });

  it('counts a provisioner that failed, and an action', () => {
    const action = (type: string) => `${JSON.stringify({ type, hook: { action: { addr: 'action.a' } } })}\n`;
    const text =
      line('apply_start', 'a') + line('provision_errored', 'a') + action('action_start') + action('action_complete');
    expect(read(text)).toMatchObject({ done: ['action.a'], failed: ['a'], unknown: [] });
  });

  it('keeps errors with their place in the repository', () => {
    const diagnostic = { severity: 'error', summary: 's', detail: 'd', address: 'a' };
    const range = { filename: 'main.tf', start: { line: 3 } };
    const text = `${JSON.stringify({ type: 'diagnostic', diagnostic: { ...diagnostic, range } })}\n${JSON.stringify({ type: 'diagnostic', diagnostic: { severity: 'warning', summary: 'w' } })}`;
    expect(read(text).diagnostics).toEqual([
      { summary: 's', detail: 'd', address: 'a', file: 'stacks/mail/main.tf', line: 3 },
    ]);
  });

  it('is not impressed by a resource that is called like a property', () => {
    const text =
      line('apply_start', '__proto__') + line('apply_start', 'constructor') + line('apply_complete', '__proto__');
    expect(read(text)).toMatchObject({ done: ['__proto__'], unknown: ['constructor'] });
  });

  it('passes over a line that is too long to be the engine’s, and what it would have ended stays unknown', () => {
    const long = JSON.stringify({
      type: 'apply_complete',
      hook: { resource: { addr: 'a' }, id_value: 'x'.repeat(1_000_001) },
    });
    expect(read(`${line('apply_start', 'a')}${long}\n`)).toMatchObject({ done: [], unknown: ['a'] });
  });

  it('reads many thousands of lines', () => {
    const text = line('provision_progress', 'a').repeat(20_000) + line('apply_start', 'a');
    expect(read(text)).toMatchObject({ done: [], unknown: ['a'] });
  });
});

const event = fc.tuple(
  fc.constantFrom('apply_start', 'apply_complete', 'apply_errored', 'provision_start', 'provision_errored'),
  fc.constantFrom('a', 'b["k"]', 'module.m.c[0]'),
);
const garbage = fc.oneof(
  fc.string().map((text) => text.replaceAll('\n', ' ')),
  fc.json().filter((text) => !text.includes('\n')),
  event.map(([type, addr]) => line(type, addr).trim().slice(0, -1)),
  fc.constantFrom(
    '{"type":"apply_start"}',
    '{"type":"apply_complete","hook":{}}',
    '{"type":"apply_start","hook":{"resource":{"addr":7}}}',
  ),
);

describe('whatever a stream holds', () => {
  it('no line of garbage, cut or malformed, changes what is read', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(event, garbage)), (lines) => {
        const whole = lines.map((one) => (typeof one === 'string' ? `${one}\n` : line(...one))).join('');
        const own = lines.map((one) => (typeof one === 'string' ? '' : line(...one))).join('');
        expect({ ...read(whole), diagnostics: [] }).toEqual({ ...read(own), diagnostics: [] });
      }),
    );
  });

  it('an address is in exactly one list', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const { done, failed, unknown } = read(events.map((one) => line(...one)).join(''));
        const all = [...done, ...failed, ...unknown];
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  it('a stream that is cut anywhere never tells more as done, apart from what is begun again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), fc.nat(), (names, at) => {
        const text = [...new Set(names)]
          .map((name) => line('apply_start', name) + line('apply_complete', name))
          .join('');
        const { done, failed, unknown } = read(text.slice(0, at % (text.length + 1)));
        expect(failed).toEqual([]);
        expect(unknown.length).toBeLessThan(2);
        expect(read(text).done.slice(0, done.length)).toEqual(done);
      }),
    );
  });
});
