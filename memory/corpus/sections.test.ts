import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestEntry } from '../entry.ts';
import { cutIntoSections } from './sections.ts';

const headings = (text: string, title = 'House'): readonly string[] =>
  cutIntoSections(title, text).map(({ heading }) => heading);

describe('a document is cut at its headings', () => {
  it('of both kinds, and each section says the way down to it', () => {
    const text =
      '# House\n\nintro\n\nRestore\n=======\n\nby night\n\nBy hand\n---\n\nslowly\n\n### Deep ##\n\ndeeper\n';
    expect(cutIntoSections('House', text)).toEqual([
      { heading: 'House', content: '# House\n\nintro' },
      { heading: 'House > Restore', content: 'Restore\n=======\n\nby night' },
      { heading: 'House > Restore > By hand', content: 'By hand\n---\n\nslowly' },
      { heading: 'House > Restore > By hand > Deep', content: '### Deep ##\n\ndeeper' },
    ]);
  });

  it('and not where a fence, front matter, a table or a rule only looks like one', () => {
    const text = [
      '---\ntitle: x\n# no heading\n---',
      '# House\n\n```sh\n# a comment\n~~~\nnot the end\n```',
      'text of\ntwo lines\n---',
      '| a | b |\n|---|---|\n| # c | d |',
      '- item\n---',
      '#hashtag',
    ].join('\n\n');
    expect(headings(text)).toEqual(['House']);
  });

  it('and a fence that is never closed lasts to the end', () => {
    expect(headings('# A\n\n```\n# b\n\n# c\n')).toEqual(['House > A']);
  });

  it('and a heading without text goes with the first one below it', () => {
    expect(cutIntoSections('House', '# A\n\n## B\n\ntext\n\n## C\n\n## D\n\nmore')).toEqual([
      { heading: 'House > A > B', content: '# A\n\n## B\n\ntext' },
      { heading: 'House > A > C', content: '## C' },
      { heading: 'House > A > D', content: '## D\n\nmore' },
    ]);
  });

  it('and a heading with a few facts alone goes with the first one below it, and one with a text does not', () => {
    expect(
      cutIntoSections(
        'Out',
        '# Out\n\ndate: 2026-03-14\n**Owner:** robin\n\n## Seen\n\nerror 400\n\n## Fix\n\nby: hand',
      ),
    ).toEqual([
      { heading: 'Out > Seen', content: '# Out\n\ndate: 2026-03-14\n**Owner:** robin\n\n## Seen\n\nerror 400' },
      { heading: 'Out > Fix', content: '## Fix\n\nby: hand' },
    ]);
    expect(headings('# Out\n\nAll of it failed.\n\n## Seen\n\nerror 400', 'Out')).toEqual(['Out', 'Out > Seen']);
  });

  it('and plain text without any is one section under the title', () => {
    expect(cutIntoSections('notes.txt', 'just text')).toEqual([{ heading: 'notes.txt', content: 'just text' }]);
    expect(cutIntoSections('empty', ' \n\n')).toEqual([]);
  });
});

describe('a long part', () => {
  const row = (name: string): string => `| ${name} | ${'x'.repeat(80)} |`;
  const sentence = (name: string): string => `${name} ${'word '.repeat(120).trimEnd()}.`;

  it('is cut between paragraphs, and a table that fits stays whole', () => {
    const table = Array.from({ length: 12 }, (_, index) => row(`r${index}`)).join('\n');
    const cut = cutIntoSections('t', `# A\n\n${sentence('one')}\n\n${table}\n\n${sentence('two')}`);
    expect(cut.filter(({ content }) => content.includes(table))).toHaveLength(1);
    expect(cut.every(({ heading }) => heading === 't > A')).toBe(true);
  });

  it('keeps a list together over its empty lines', () => {
    const list = `1. ${'a '.repeat(150)}\n\n   more\n\n2. ${'b '.repeat(150)}`;
    const cut = cutIntoSections('t', `${sentence('one')}\n\n${list}\n\nbehind`);
    expect(cut.filter(({ content }) => content.includes('1. a') && content.includes('2. b'))).toHaveLength(1);
  });

  it('that is one line is cut between words, and no character is torn', () => {
    const line = '🏠'.repeat(2_000);
    const cut = cutIntoSections('t', line);
    expect(cut.map(({ content }) => content).join('')).toBe(line);
    expect(cut.every(({ content }) => content.isWellFormed())).toBe(true);
  });
});

describe('whatever the document', () => {
  const scrap = fc.oneof(
    { weight: 3, arbitrary: fc.lorem({ maxCount: 60 }) },
    fc.constantFrom(
      '# A',
      '## B',
      '### C',
      '====',
      '---',
      '```',
      '~~~~',
      '- a',
      '1. b',
      '   c',
      '| a | b |',
      '|---|',
      '> q',
      '',
    ),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.nat(4_000).map((length) => 'y'.repeat(length)),
  );
  const document = fc.array(fc.tuple(scrap, fc.constantFrom('\n', '\n\n', '\r\n', ' ')), { maxLength: 40 });
  const written = (text: string): string => text.replaceAll(/\s+/g, '');

  it('nothing of it is lost, nothing is added, and no section is too long or empty', () => {
    fc.assert(
      fc.property(document, (scraps) => {
        const text = scraps.flat().join('');
        const cut = cutIntoSections('title', text);
        expect(written(cut.map(({ content }) => content).join(''))).toBe(written(text));
        for (const { content } of cut) {
          expect(content.length).toBeLessThanOrEqual(longestEntry);
          expect(content.trim()).not.toBe('');
        }
      }),
    );
  });

  it('a megabyte made to be slow is not', () => {
    const attacks = [' ', '\n', '#', '`', '-', '- a\n\n', '# \t', 'x', '=\n', '|'].map(
      (scrap) => `# ${scrap.repeat(1_000_000 / scrap.length)}\u2028`,
    );
    for (const text of attacks) expect(cutIntoSections('t', text).length).toBeGreaterThan(0);
  });
});
