import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../kit/index.ts';
import { make } from '../../findings/manifest.fixture.ts';
import { podTemplateOf } from '../../pod/template.ts';
import { objectFrom } from '../object.fixture.ts';
import { diffTemplates } from './template-diff.ts';

const web = { name: 'web', image: 'registry.example.net/web:1', args: ['--a', '--b'] };

function templateOf(...containers: JsonObject[]): JsonObject {
  return { metadata: { labels: { app: 'web', 'pod-template-hash': 'x' } }, spec: { containers } };
}

describe('the difference of two templates', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject[]]>([
    [
      'names the container whose image changed',
      templateOf(web),
      templateOf({ ...web, image: 'registry.example.net/web:2' }),
      [
        {
          path: 'spec.containers[web].image',
          old: 'registry.example.net/web:1',
          new: 'registry.example.net/web:2',
        },
      ],
    ],
    [
      'says that a container is new, once',
      templateOf(web),
      templateOf({ name: 'helper', image: 'helper:1' }, web),
      [{ path: 'spec.containers[helper]', new: { name: 'helper', image: 'helper:1' } }],
    ],
    [
      'gives a list of plain values whole',
      templateOf(web),
      templateOf({ ...web, args: ['--a', '--c'] }),
      [{ path: 'spec.containers[web].args', old: ['--a', '--b'], new: ['--a', '--c'] }],
    ],
    [
      'does not mind the order of named items, nor what controllers add',
      templateOf(web, { name: 'helper' }),
      {
        metadata: { labels: { app: 'web', 'pod-template-hash': 'y' } },
        spec: { containers: [{ name: 'helper' }, web] },
      },
      [],
    ],
    [
      'compares items of one name as a whole list',
      templateOf({
        ...web,
        ports: [
          { name: 'p', containerPort: 1 },
          { name: 'p', containerPort: 2 },
        ],
      }),
      templateOf({ ...web, ports: [{ name: 'p', containerPort: 1 }] }),
      [
        {
          path: 'spec.containers[web].ports',
          old: [
            { name: 'p', containerPort: 1 },
            { name: 'p', containerPort: 2 },
          ],
          new: [{ name: 'p', containerPort: 1 }],
        },
      ],
    ],
  ])('%s', (_, old, now, expected) => {
    expect(diffTemplates(old, now).map((difference) => JSON.parse(JSON.stringify(difference)))).toEqual(expected);
  });

  it('shows that a secret literal changed, and neither value', () => {
    const withPassword = (value: string): JsonValue =>
      podTemplateOf(
        objectFrom(
          make('apps/v1 Deployment', 'shop/web', {
            spec: { template: templateOf({ ...web, env: [{ name: 'DB_PASSWORD', value }] }) },
          }),
        ),
      ) ?? {};
    const [difference, ...others] = diffTemplates(withPassword('first-value-77'), withPassword('second-value-88'));
    expect(others).toEqual([]);
    expect(difference?.path).toBe('spec.containers[web].env[DB_PASSWORD].value');
    expect(JSON.stringify(difference)).not.toMatch(/first-value|second-value/);
    expect(difference?.old).not.toEqual(difference?.new);
    expect(diffTemplates(withPassword('first-value-77'), withPassword('first-value-77'))).toEqual([]);
  });
});

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constantFrom('a', 'b', 1, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('name', 'image', 'env', 'value', 'spec'), tie('value')),
  ),
})).value;

/** Objects without a prototype are the same JSON. */
function plain(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value));
}

describe('for any two templates', () => {
  it('there is none between a template and itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(diffTemplates(plain(value), plain(value))).toEqual([]);
      }),
    );
  });

  it('what is named differs there, and both ways round is the same places', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const there = diffTemplates(plain(one), plain(other));
        for (const { old, new: now } of there) expect(isDeepStrictEqual(old, now)).toBe(false);
        const back = diffTemplates(plain(other), plain(one));
        const places = (found: typeof there) => found.map(({ path }) => path).sort();
        expect(places(back)).toEqual(places(there));
      }),
    );
  });

  it('nothing named means nothing differs but the order of named items', () => {
    const sorted = (value: JsonValue): JsonValue => {
      if (Array.isArray(value)) {
        const items = value.map(sorted);
        return items.every((item) => typeof item === 'object' && item !== null && 'name' in item)
          ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
          : items;
      }
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, sorted(item)]));
    };
    fc.assert(
      fc.property(json, json, (one, other) => {
        if (diffTemplates(plain(one), plain(other)).length > 0) return;
        expect(sorted(plain(one))).toEqual(sorted(plain(other)));
      }),
    );
  });
});
