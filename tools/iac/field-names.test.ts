import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import { absentField, fieldNames, fieldsMeant, stepsOf } from './field-names.ts';

const place = { file: 'stacks/mail/main.tf', line: 1 };
const originOf = (literals: Readonly<Record<string, string>>): ObjectOrigin => ({
  stack: 'stacks/mail',
  fields: Object.entries(literals).map(([field, literal]) => ({ field, ...place, literal })),
  ignored: [],
});
const pod = 'spec.template.spec';

describe('the items of lists', () => {
  const origin = originOf({
    [`${pod}.containers[0].name`]: 'web',
    [`${pod}.containers[0].image`]: 'web:1',
    [`${pod}.containers[1].name`]: 'sidecar',
    [`${pod}.containers[1].image`]: 'sidecar:1',
  });
  const body = {
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'injected', image: 'x' },
            { name: 'web', image: 'web:2' },
          ],
        },
      },
    },
  };

  it('are found in the cluster by their names, and not where the source has them', () => {
    const names = fieldNames(origin, body);
    expect(names.map(({ named, live }) => [named, live])).toEqual([
      [`${pod}.containers[web].name`, `${pod}.containers[1].name`],
      [`${pod}.containers[web].image`, `${pod}.containers[1].image`],
      [`${pod}.containers[sidecar].name`, undefined],
      [`${pod}.containers[sidecar].image`, undefined],
    ]);
  });

  it('of several containers are all meant by a short name, and one by its own', () => {
    const names = fieldNames(origin, undefined);
    expect(fieldsMeant(names, 'image').map(({ named }) => named)).toEqual([
      `${pod}.containers[web].image`,
      `${pod}.containers[sidecar].image`,
    ]);
    expect(fieldsMeant(names, 'containers[sidecar].image')).toHaveLength(1);
    expect(fieldsMeant(names, 'mage')).toEqual([]);
  });

  it('are guessed for nothing: with two containers a new variable has no place', () => {
    const names = fieldNames(origin, undefined);
    expect(absentField(names, 'env.NEW')).toBeUndefined();
    expect(absentField(names, 'spec.paused')).toBe('spec.paused');
    expect(absentField(names, 'paused')).toBeUndefined();
  });

  it('with names that are no names keep their places', () => {
    const odd = originOf({ [`${pod}.containers[0].name`]: 'a].b[c', [`${pod}.containers[0].image`]: 'x' });
    expect(fieldNames(odd, body).map(({ named }) => named)).toEqual([
      `${pod}.containers[0].name`,
      `${pod}.containers[0].image`,
    ]);
  });
});

describe('any field', () => {
  const key = fc.stringMatching(/^[a-z][A-Za-z]{0,8}$/).filter((word) => !/^(?:yaml|manifest)/.test(word));
  const step = fc.oneof(key, fc.nat({ max: 9 }));
  const path = fc.tuple(key, fc.array(step, { maxLength: 6 })).map(([first, rest]) => [first, ...rest]);
  const written = (steps: readonly (string | number)[]): string =>
    steps.map((one, index) => (typeof one === 'number' ? `[${one}]` : `${index === 0 ? '' : '.'}${one}`)).join('');

  it('is meant by its whole name, and by nothing else before', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 8, selector: written }), (paths) => {
        const names = fieldNames(originOf(Object.fromEntries(paths.map((one) => [written(one), 'x y']))), undefined);
        for (const one of paths) {
          expect(fieldsMeant(names, written(one)).map(({ source }) => source)).toEqual([written(one)]);
          expect(fieldsMeant(names, `{.${written(one)}}`).map(({ source }) => source)).toEqual([written(one)]);
        }
      }),
    );
  });

  it('is read into the steps it was written from', () => {
    const keyed = new Set(['labels', 'annotations', 'data', 'limits', 'requests']);
    fc.assert(
      fc.property(path, (steps) => {
        fc.pre(!steps.some((one) => keyed.has(String(one))));
        expect(stepsOf(written(steps))).toEqual(steps);
      }),
    );
    expect(stepsOf('metadata.annotations.example.net/a.b')).toEqual(['metadata', 'annotations', 'example.net/a.b']);
    expect(stepsOf('a[web].limits.nvidia.com/gpu')).toEqual(['a', { name: 'web' }, 'limits', 'nvidia.com/gpu']);
  });

  it('is asked for in any words without harm', () => {
    const names = fieldNames(originOf({ 'spec.replicas': '2' }), undefined);
    fc.assert(
      fc.property(fc.string({ maxLength: 253 }), (words) => {
        expect(fieldsMeant(names, words).length).toBeLessThanOrEqual(1);
        for (const one of stepsOf(words)) expect(['string', 'number', 'object']).toContain(typeof one);
      }),
    );
  });
});
