import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertSelector } from './list.ts';
import { type LabelSelector, matches, selectorOf, selectorText } from './selector.ts';

const web = { app: 'web', tier: 'front' };
const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, values }],
});

describe('a label selector', () => {
  it.each<[string, LabelSelector, boolean]>([
    ['a label', { matchLabels: { app: 'web' } }, true],
    ['two labels', { matchLabels: { app: 'web', tier: 'front' } }, true],
    ['another value', { matchLabels: { app: 'db' } }, false],
    ['a label it has not', { matchLabels: { app: 'web', zone: 'a' } }, false],
    ['nothing at all', {}, true],
    ['one of several values', expression('app', 'In', 'db', 'web'), true],
    ['none of these values', expression('app', 'In', 'db'), false],
    ['not one of these', expression('app', 'NotIn', 'db'), true],
    ['not one of these, and it is', expression('app', 'NotIn', 'web'), false],
    ['not one of these, and it has none', expression('zone', 'NotIn', 'a'), true],
    ['a label whatever its value', expression('tier', 'Exists'), true],
    ['a label it has not, whatever its value', expression('zone', 'Exists'), false],
    ['the lack of a label', expression('zone', 'DoesNotExist'), true],
    ['the lack of a label it has', expression('tier', 'DoesNotExist'), false],
    ['an operator nobody knows', expression('app', 'Gt', '1'), false],
    ['a label named as a method', { matchLabels: { toString: 'x' } }, false],
    ['the lack of one', expression('constructor', 'DoesNotExist'), true],
  ])('that asks for %s', (_name, selector, expected) => {
    expect(matches(selector, web)).toBe(expected);
  });

  const label = fc.constantFrom('app', 'tier', 'zone', 'x');
  const labels = fc.dictionary(label, fc.constantFrom('a', 'b', ''));

  it('matches what has its labels and more, and nothing that lacks one', () => {
    fc.assert(
      fc.property(labels, labels, (wanted, more) => {
        expect(matches({ matchLabels: wanted }, { ...more, ...wanted })).toBe(true);
        const [first] = Object.keys(wanted);
        if (first === undefined) return;
        const { [first]: _gone, ...rest } = { ...more, ...wanted };
        expect(matches({ matchLabels: wanted }, rest)).toBe(false);
      }),
    );
  });

  it('In and NotIn are opposites', () => {
    fc.assert(
      fc.property(label, fc.array(fc.constantFrom('a', 'b', '')), labels, (key, values, has) => {
        expect(matches(expression(key, 'In', ...values), has)).not.toBe(
          matches(expression(key, 'NotIn', ...values), has),
        );
      }),
    );
  });
});

describe('what is read as a selector', () => {
  it.each([
    ['a Service’s plain map', { app: 'web' }, { matchLabels: { app: 'web' } }],
    ['matchLabels', { matchLabels: { app: 'web' } }, { matchLabels: { app: 'web' }, matchExpressions: [] }],
    [
      'matchExpressions',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
      { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
    ],
    ['an empty one', {}, { matchLabels: {} }],
    ['nothing', undefined, undefined],
    ['a text', 'app=web', undefined],
  ])('%s', (_name, value, selector) => {
    expect(selectorOf(value)).toEqual(selector);
  });
});

describe('a selector for the API server', () => {
  it.each<[string | undefined, LabelSelector]>([
    ['app=web,tier=front', { matchLabels: web }],
    ['app in (web,db)', expression('app', 'In', 'web', 'db')],
    ['app=web,tier notin (back)', { matchLabels: { app: 'web' }, ...expression('tier', 'NotIn', 'back') }],
    ['app', expression('app', 'Exists')],
    ['!app', expression('app', 'DoesNotExist')],
    [undefined, { matchLabels: web, ...expression('app', 'Like', 'w*') }],
    [undefined, {}],
  ])('is written %s', (text, selector) => {
    expect(selectorText(selector)).toBe(text);
    if (text !== undefined) expect(() => assertSelector(text)).not.toThrow();
  });
});
