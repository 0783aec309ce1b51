import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import { createKnownValues } from '../../redaction/known/known-values.ts';
import { assemble, coverageOf } from './assemble.ts';
import type { VersionRow } from './history-rows.ts';
import { takeIn, unknownSecret } from './known-secret.ts';
import { macKey } from './mac-key.ts';
import { make, randomValue } from './scripted-vault.fixture.ts';

const judge = { make, macs: macKey(Buffer.alloc(32, 1)), isPublished: () => false };

function knownOf(contents: readonly (readonly [path: string, versions: readonly Record<string, string>[]])[]) {
  const rows = new Map<string, Map<number, VersionRow>>();
  const secrets = contents.map(([path, versions]) => {
    const secret = unknownSecret('secret', path);
    const own = versions.map((content, index) => {
      const values = new Map(Object.entries(content).map(([key, value]) => [key, new Secret(value)]));
      return takeIn(secret, { version: index + 1, createdAt: new Date(0), values }, judge);
    });
    rows.set(path, new Map(own.map((row) => [row.version, row])));
    secret.current = versions.length;
    return secret;
  });
  return { secrets, rowsOf: ({ path }: { readonly path: string }) => rows.get(path) ?? new Map() };
}

function shown(set: ReturnType<typeof assemble>['set'], text: string): readonly string[] {
  const known = createKnownValues();
  known.load(set);
  return known.hits(text, 'others').map(({ label }) => `${label.path}#${label.key}@${label.version}`);
}

describe('one set of all that is known', () => {
  it('gives each value its own label, also below a document, and whatever is put together with what', () => {
    const [one, two, inner] = [randomValue(), randomValue(), randomValue()];
    const known = knownOf([
      ['a', [{ map: JSON.stringify({ deep: { inner } }), plain: one }]],
      ['b', [{ other: two }]],
    ]);
    const { set } = assemble(known, make.keys, 'g');
    expect(shown(set, one)).toEqual(['a#plain@1']);
    expect(shown(set, two)).toEqual(['b#other@1']);
    expect(shown(set, inner)).toEqual(['a#map.deep.inner@1']);
  });

  it('leaves out old versions first where there is no room, and says how many', () => {
    const [old, now] = [randomValue(), randomValue()];
    const known = knownOf([['a', [{ key: old }, { key: now }]]]);
    const whole = assemble(known, make.keys, 'g');
    expect([whole.leftOut, shown(whole.set, old).length]).toEqual([0, 1]);
    const half = assemble(known, make.keys, 'g', whole.set.patterns.length * 0.75);
    expect([half.leftOut, shown(half.set, now), shown(half.set, old)]).toEqual([1, ['a#key@2'], []]);
    const coverage = coverageOf({ known, at: new Date(0), mounts: [], unread: new Map(), leftOut: half.leftOut });
    expect(coverage.unread).toEqual([{ path: '(older versions)', why: expect.stringContaining('1 values') }]);
  });
});
