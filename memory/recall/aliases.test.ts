import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { analyse } from '../text/analyse.ts';
import { createAliases, loadAliases, parseAliases } from './aliases.ts';

const shipped = loadAliases();
const meanings = (query: string, aliases = shipped): readonly string[] =>
  aliases.of(analyse(query).terms).map(({ from, to }) => `${from} → ${to}`);

describe('the alias table', () => {
  it('knows what a homelab calls things', () => {
    expect(meanings('why is k8s slow')).toContain('k8s → kubernetes');
    expect(meanings('postgres upgrade')).toContain('postgres → pg');
    expect(meanings('LE renewal')).toEqual(expect.arrayContaining(['le → letsencrypt', 'le → cert-manager']));
    expect(meanings('the persistent volume claim is full')).toContain('persistent volume claim → pvc');
    expect(meanings('reverse-proxy')).toContain('reverse proxy → traefik');
    expect(meanings('bicycle')).toEqual([]);
  });

  it('does not take a short word for the plural of another one', () => {
    expect(meanings('look it up')).toEqual([]);
    expect(meanings('bind dn')).toEqual([]);
    expect(meanings('ups runtime')).toContain('ups → uninterruptible power supply');
    expect(meanings('DNS outage')).toContain('dns → resolver');
    expect(meanings('two VMs')).toContain('vms → virtual machine');
  });

  it('has no phrase of which a single word is left without its function words: it would stand for that word', () => {
    const text = readFileSync(new URL('../../reference/aliases.yaml', import.meta.url), 'utf8');
    const words = z
      .object({ aliases: z.array(z.array(z.string())) })
      .parse(parse(text))
      .aliases.flat();
    const stemsOf = (word: string) => analyse(word).terms.filter(({ compound }) => !compound);
    expect(words.filter((word) => stemsOf(word).length < Math.min(2, word.split(/[ .-]/).length))).toEqual([]);
  });
});

describe('an alias', () => {
  const aliases = createAliases([
    ['pull request', 'pr'],
    ['request', 'ask'],
    ['cert-manager', 'acme'],
  ]);

  it('is that of the longest phrase, not of its parts', () => {
    expect(meanings('open a pull request', aliases)).toEqual(['pull request → pr']);
    expect(meanings('open a request', aliases)).toEqual(['request → ask']);
  });

  it('says nothing that the query says already', () => {
    expect(meanings('the pull request (PR)', aliases)).toEqual([]);
  });

  it('of several words is looked for as one, and by its words with less weight', () => {
    const [alias] = aliases.of(analyse('acme').terms);
    expect(alias?.terms).toEqual([
      { term: 'cert-manager', part: 1 },
      { term: 'cert', part: 0.5 },
      { term: 'manag', part: 0.5 },
    ]);
  });

  it('is refused when the table is not one', () => {
    expect(() => parseAliases('aliases: [[one]]')).toThrow();
    expect(() => parseAliases('aliases: [[one, Two]]')).toThrow();
  });
});
