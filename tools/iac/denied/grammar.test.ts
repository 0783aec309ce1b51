import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setWishes } from './helm-set.ts';
import { readDeniedCommand } from './read.ts';

/** Texts are written as each grammar asks for, and must come back as they were. */

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const index = fc.nat({ max: 500 });
const path = fc
  .tuple(name, fc.array(fc.oneof({ weight: 3, arbitrary: name }, index), { maxLength: 4 }))
  .map(([first, more]) => [first, ...more]);

const escaped = (text: string, letters: RegExp): string => text.replaceAll(letters, '\\$&');
const keyOf = (steps: readonly (string | number)[]): string =>
  steps
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${escaped(step, /[\\=[,.]/g)}`))
    .join('');

describe('helm --set', () => {
  it('comes back as it was, whatever stands in keys and values', () => {
    const pairs = fc.array(fc.record({ path, value: fc.string({ unit: 'grapheme', maxLength: 10 }) }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(pairs, (wished) => {
        const text = wished
          .map(({ path: steps, value }) => `${keyOf(steps)}=${escaped(value, /[\\,]/g).replace(/^\{/, '\\{')}`)
          .join(',');
        expect(setWishes(text, 'string')).toEqual(wished);
      }),
    );
  });

  it('gives values the types that Helm gives them', () => {
    const value = fc.oneof(fc.boolean(), fc.maxSafeInteger());
    fc.assert(
      fc.property(path, value, (steps, said) => {
        expect(setWishes(`${keyOf(steps)}=${said}`, 'set')).toEqual([{ path: steps, value: said }]);
      }),
    );
    const typed = (text: string) => setWishes(`a=${text}`, 'set')[0]?.value;
    expect(
      ['TRUE', 'False', 'nULL', '0', '00', '1e3', '0x1', '+5', '1.0', ' 1', '-0', '99999999999999999999'].map(typed),
    ).toEqual([...[true, false, undefined, 0, '00', '1e3', '0x1', 5, '1.0', ' 1', 0, '99999999999999999999']]);
  });

  it('reads JSON values as JSON', () => {
    const value = fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(path, value), { minLength: 1, maxLength: 4 }), (pairs) => {
        const text = pairs.map(([steps, said]) => `${keyOf(steps)}=${JSON.stringify(said)}`).join(' ,');
        expect(setWishes(text, 'json')).toEqual(
          pairs.map(([steps, said]) => ({ path: steps.map((step) => step), value: JSON.parse(JSON.stringify(said)) })),
        );
      }),
    );
  });
});

describe('a path of a JSON patch', () => {
  it('comes back as it was, whatever stands in it', () => {
    const key = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .filter((text) => !/\p{Cc}|\$|`|^(?:-|\d+|__proto__)$/u.test(text));
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 5 }),
        fc.oneof(fc.integer(), fc.boolean()),
        (keys, value) => {
          fc.pre(keys[0] !== 'status');
          const pointer = keys.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
          const text = JSON.stringify([{ op: 'replace', path: pointer, value }]);
          expect(
            readDeniedCommand({ argv: ['kubectl', 'patch', 'cm', 'web', '--type=json', '-p', text] }),
          ).toMatchObject({
            wishes: [{ path: keys, value }],
          });
        },
      ),
    );
  });
});

describe('a merge patch', () => {
  it('wishes each of its ends, and nothing else', () => {
    const key = fc.stringMatching(/^[a-z]{1,5}$/).filter((text) => text !== 'status' && text !== 'kind');
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z ]{0,5}$/));
    const { body } = fc.letrec<{ body: object; leaf: unknown }>((tie) => ({
      body: fc.dictionary(key, fc.oneof({ depthSize: 'small' }, leaf, tie('body')), { minKeys: 1, maxKeys: 3 }),
      leaf,
    }));
    const ends = (value: unknown, at: readonly string[] = []): unknown[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([one, inner]) => ends(inner, [...at, one]))
        : [{ path: at, value }];
    fc.assert(
      fc.property(body, fc.constantFrom('merge', 'strategic'), (patch, type) => {
        const command = readDeniedCommand({
          argv: ['kubectl', 'patch', 'cm', 'web', '--type', type, '-p', JSON.stringify(patch)],
        });
        if (command.is === 'edit') expect(command.wishes).toEqual(ends(patch));
        else expect(command).toEqual({ is: 'none', why: 'it changes more than 20 fields at once' });
      }),
    );
  });
});

describe('flags of kubectl', () => {
  const flags = fc.shuffledSubarray(
    [
      ...[['-n', 'mail'], ['--namespace=mail'], ['-nmail'], ['-n=mail'], ['--namespace', 'mail']],
      ...[
        ['--context', 'scale'],
        ['--kubeconfig=/x'],
        ['--v', '6'],
        ['-v=6'],
        ['--request_timeout', '5s'],
        ['--as=patch'],
      ],
    ],
    { minLength: 1 },
  );
  it('may stand anywhere, in any way, and are never taken for the verb or the object', () => {
    const command = [['scale'], ['deploy', 'web'], ['--replicas', '3'], ['--current-replicas=2']];
    const where = fc.array(fc.nat({ max: 100 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(flags, where, (given, places) => {
        const argv = [...command];
        // A flag of the command itself comes behind the verb, as everybody types it; those of kubectl come anywhere.
        for (const [at, flag] of given.entries()) argv.splice((places[at] ?? 0) % (argv.length + 1), 0, flag);
        expect(readDeniedCommand({ argv: ['kubectl', ...argv.flat()] })).toMatchObject({
          is: 'edit',
          kind: 'Deployment',
          name: 'web',
          namespace: given.some(([flag = '']) => /^(?:-n|--namespace)/.test(flag)) ? 'mail' : undefined,
          wishes: [{ path: ['spec', 'replicas'], value: 3 }],
        });
      }),
    );
  });
});
