import { beforeAll, describe, expect, it } from 'vitest';
import { type HomeBench, readHomeBench, type Stratum, strata } from '../bench/memory/homebench/data.ts';
import { createRedactor } from '../src/redaction/index.ts';
import { foldCategory, standardCategories } from './categories.ts';

let bench: HomeBench;
beforeAll(async () => {
  bench = await readHomeBench();
});

describe('the notes of HomeBench', () => {
  it('are about 400, of different lengths, with names of their own', () => {
    const keys = bench.notes.map(({ key }) => key);
    expect(keys.length).toBeGreaterThanOrEqual(390);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(new Set(bench.notes.map(({ content }) => content)).size).toBe(keys.length);
    const lengths = bench.notes.map(({ content }) => content.length);
    expect(Math.max(...lengths)).toBeGreaterThan(900);
    expect(Math.min(...lengths)).toBeLessThan(120);
    const withKeywords = bench.notes.filter(({ keywords }) => keywords !== undefined).length / keys.length;
    expect(withKeywords).toBeGreaterThan(0.08);
    expect(withKeywords).toBeLessThan(0.12);
  });

  it('have categories that exist', () => {
    for (const { key, category } of bench.notes) expect(foldCategory(standardCategories, category), key).toBe(category);
  });

  it('are linked with what is there, and no old one is newer than what supersedes it', () => {
    const notes = new Map(bench.notes.map((note) => [note.key, note]));
    const links = bench.notes.flatMap((note) => (note.links ?? []).map((link) => ({ ...link, from: note })));
    for (const { type, to, from } of links) {
      const target = notes.get(to);
      expect(target, `${from.key} ${type} ${to}`).toBeDefined();
      if (type === 'supersedes') expect(target?.recorded.getTime(), from.key).toBeLessThan(from.recorded.getTime());
    }
    const count = (wanted: string) => links.filter(({ type }) => type === wanted).length;
    expect(count('supersedes')).toBeGreaterThanOrEqual(28);
    expect(count('resolved-by')).toBeGreaterThanOrEqual(30);
    expect(bench.notes.filter(({ session }) => session !== undefined).length).toBeGreaterThanOrEqual(10);
  });

  it('hold no secret, and no address or name of anybody', () => {
    const redactor = createRedactor();
    for (const { key, content, keywords = '' } of bench.notes) {
      for (const text of [content, keywords]) expect(redactor.agentText(text).counts, key).toEqual({});
      const addresses = content.match(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g) ?? [];
      expect(
        addresses.filter((address) => !invented(address)),
        key,
      ).toEqual([]);
      // What a maker calls its own API or a public registry is a word of the trade, not of somebody's house.
      const names =
        content.match(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|sh|de|at|eu|lan|home)\b/g) ?? [];
      expect(
        names.filter((name) => !name.endsWith('example.net') && !makers.includes(name)),
        key,
      ).toEqual([]);
    }
  });
});

describe('the questions of HomeBench', () => {
  it('are about 300 and more, enough of each stratum', () => {
    const count = (wanted: Stratum) => bench.questions.filter(({ stratum }) => stratum === wanted).length;
    for (const stratum of strata) expect(count(stratum), stratum).toBeGreaterThanOrEqual(25);
    expect(count('paraphrase') + count('keywords')).toBeGreaterThanOrEqual(80);
    const asked = bench.questions.map(({ ask }) => ask);
    expect(asked.filter((ask, index) => asked.indexOf(ask) !== index)).toEqual([]);
  });

  it('expect notes that are there', () => {
    const keys = new Set(bench.notes.map(({ key }) => key));
    for (const { ask, expect: expected } of bench.questions) {
      expect(
        expected.filter((key) => !keys.has(key)),
        ask,
      ).toEqual([]);
    }
  });

  it('share no rare word with the text that answers them where they are paraphrases', () => {
    const texts = new Map(bench.notes.map(({ key, content }) => [key, rootsOf(content)]));
    const commonness = (root: string) => [...texts.values()].filter((roots) => roots.has(root)).length;
    const shared = bench.questions
      .filter(({ stratum }) => stratum === 'paraphrase' || stratum === 'keywords')
      .flatMap(({ ask, expect: expected }) => {
        const words = [...rootsOf(ask)].filter(
          (root) => expected.some((key) => texts.get(key)?.has(root)) && commonness(root) <= rare,
        );
        return words.length === 0 ? [] : [`${ask}: ${words.join(', ')}`];
      });
    expect(shared).toEqual([]);
  });

  it('are told from those whose answer has keywords', () => {
    const withKeywords = new Set(bench.notes.flatMap(({ key, keywords }) => (keywords === undefined ? [] : [key])));
    for (const { ask, stratum, expect: expected } of bench.questions) {
      const any = expected.some((key) => withKeywords.has(key));
      if (stratum === 'paraphrase' || stratum === 'keywords') expect(any, ask).toBe(stratum === 'keywords');
    }
  });

  it('are truly about nothing here where nothing is expected', () => {
    const known = new Set(bench.notes.flatMap(({ content, keywords = '' }) => wordsOf(`${content} ${keywords}`)));
    for (const { ask, category, tags, asOf } of bench.questions.filter(({ stratum }) => stratum === 'negative')) {
      // Then it is the filter that leaves nothing.
      if (category !== undefined || tags !== undefined || asOf !== undefined) continue;
      const strange = wordsOf(ask).filter((word) => !known.has(word));
      expect(strange.length, ask).toBeGreaterThanOrEqual(1);
    }
  });
});

/** In no more notes than this, of 400. */
const rare = 8;

const makers = [
  'docker.io',
  'gethomepage.dev',
  'ghcr.io',
  'kubernetes.io',
  'ntfy.sh',
  'quay.io',
  'traefik.containo.us',
  'traefik.io',
];

/** Words of four letters and more by their first five: `restore` and `restored` are one. */
function rootsOf(text: string): ReadonlySet<string> {
  return new Set(wordsOf(text).map((word) => word.slice(0, 5)));
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\d][\p{L}\d.-]{3,}/gu) ?? [];
}

function invented(address: string): boolean {
  // The last are what k3s calls its pods.
  return ['192.0.2.', '198.51.100.', '203.0.113.', '10.42.0.0'].some((range) => address.startsWith(range));
}
