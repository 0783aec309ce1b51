import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConventions } from './rule.ts';
import { findingsIn, placesOf } from './stack.fixture.ts';

const shipped = readFileSync(new URL('../../reference/conventions.yaml', import.meta.url), 'utf8');

describe('reading conventions', () => {
  it.each([
    ['a key nobody knows', (text: string) => text.replace('severity: info', 'severity: info\n    colour: red')],
    ['a check nobody knows', (text: string) => text.replace('when: { exists:', 'when: { feels:')],
    ['an id that is there twice', (text: string) => text.replace('id: cronjob-ends', 'id: image-tag-fixed')],
    [
      'a parameter it does not have',
      (text: string) => text.replace('{ parameter: floating }', '{ parameter: flowing }'),
    ],
    ['no YAML', () => 'rules: [}'],
  ])('refuses %s', (_, broken) => {
    expect(broken(shipped)).not.toBe(shipped);
    expect(() => parseConventions(broken(shipped))).toThrow(expect.objectContaining({ code: 'conventions-invalid' }));
  });

  it('takes an operator’s value of a parameter', async () => {
    const text = { 'stacks/garden/main.tf': 'locals {\n  a = "192.0.2.7"\n}\n' };
    const parameters = { 'shared-value-by-name': { address: '192\\.0\\.2\\.7' } };
    expect(placesOf(await findingsIn(text, { parameters }), 'shared-value-by-name')).toEqual(['main.tf:2']);
  });

  it.each([
    [{ 'no-such-rule': { a: 'b' } }],
    [{ 'shared-value-by-name': { adress: 'x' } }],
    [{ 'shared-value-by-name': { address: 7 } }],
  ])('refuses a parameter that does not fit: %j', (parameters) => {
    expect(() => parseConventions(shipped, parameters as Parameters<typeof parseConventions>[1])).toThrow(
      expect.objectContaining({ code: 'conventions-invalid' }),
    );
  });
});
