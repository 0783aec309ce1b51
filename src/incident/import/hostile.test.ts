import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Redact } from '../../kit/index.ts';
import { readYaml, takeFrontMatter } from './facts.ts';
import type { Imported } from './imported.ts';
import { longestFile, mostFiles, readDocuments } from './read.ts';

const silent: Redact = (text) => ({ text, counts: {} });
const read = (path: string, text: string): Imported => readDocuments([{ path, text }], { redact: silent });

/** What makes parsers slow or deep. */
const bricks: Readonly<Record<string, string>> = {
  'lists in lists on a line': '- ',
  'numbers in numbers': '1. ',
  'quotes in quotes': '>',
  'quotes and lists': '> - ',
  'items of one list': '- a\n',
  'empty items': '* \n',
  'lists in lists': '- a\n  - b\n    - c\n      - d\n        - e\n',
  tables: '|a|b|\n|-|-|\n',
  pipes: '|',
  brackets: '[',
  links: '[a](',
  references: '[a]: ',
  stars: '*a **',
  ticks: '`a ',
  comments: '<!-- \n\n',
  'tags without end': '<div ',
  'elements in elements': '<div>',
  'lists in lists in HTML': '<ul><li>',
  'tables in tables': '<table><tr><td>',
  scripts: '<script>',
  ampersands: '&',
  fences: '```\n~~~\n',
  headings: '# a\n',
  labels: '**Date**: 2026-01-01\n',
  dates: '1.1.2026 ',
  'white space': ' \n',
  tabs: '\t',
  aliases: '@a ',
};

describe('any text', () => {
  it.each(Object.entries(bricks))('ends: %s', { timeout: 60_000 }, (_, brick) => {
    const whole = brick.repeat(Math.floor(longestFile / 8 / brick.length));
    const indented = Array.from({ length: 500 }, (__, depth) => `${' '.repeat(depth)}${brick.trim()}`).join('\n');
    for (const text of [whole, indented.slice(0, longestFile / 8)]) {
      for (const path of [
        'post-mortems/2026-01-01-x.md',
        'post-mortems/2026-01-01-x.html',
        'known-issues.md',
        'runbooks/x.md',
      ]) {
        expect(() => read(path, text)).not.toThrow();
      }
    }
  });

  it('ends when a file is as long as it may be', { timeout: 60_000 }, () => {
    for (const brick of ['- a\n', '# a\n', '<ul><li>']) {
      expect(() =>
        read('post-mortems/2026-01-01-x.md', brick.repeat(Math.floor(longestFile / brick.length))),
      ).not.toThrow();
    }
  });

  it('throws nothing, and a report or a reason comes of it', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...Object.values(bricks),
        '---\n',
        '\0',
        '\r\n',
        '|',
        '2026-02-31',
        '## Actions\n',
        '<li>',
        '\u202e',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.constantFrom(
          'a.md',
          'post-mortems/a.md',
          'post-mortems/2026-01-01-a.html',
          'known-issues.yaml',
          'known-issues.md',
          'runbooks/a.html',
        ),
        (pieces, path) => {
          const { reports, issues, runbooks, unread } = read(path, pieces.join(''));
          expect(reports.length + issues.length + runbooks.length + unread.length).toBeGreaterThan(0);
          for (const one of unread) expect([one.path, one.line ?? 1]).toEqual([path, expect.any(Number)]);
          for (const { report, actions } of reports) {
            expect(report.slug).toMatch(/^\d{4}-\d\d-\d\d-[a-z0-9-]+$/);
            for (const { title } of actions) expect(title.length).toBeLessThanOrEqual(300);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what is not read', () => {
  it('is too large, too much, or of another kind, and each is named', () => {
    const large = read('post-mortems/large.md', 'x'.repeat(longestFile + 1));
    expect(large.unread).toEqual([
      { path: 'post-mortems/large.md', line: undefined, what: 'file', why: 'it is larger than 1048576 bytes' },
    ]);
    const many = readDocuments(
      Array.from({ length: mostFiles + 1 }, (_, index) => ({ path: `runbooks/r${index}.md`, text: '# r' })),
      { redact: silent },
    );
    expect(many.runbooks).toHaveLength(mostFiles);
    expect(many.unread).toMatchObject([{ path: `runbooks/r${mostFiles}.md` }]);
    expect(read('x.png', '').unread[0]?.why).toContain('neither Markdown, HTML nor YAML');
  });

  it('is nested too deep, and the line is named', () => {
    const { unread } = read('post-mortems/2026-01-01-x.md', `# x\n\n## Summary\n\n${'- '.repeat(50)}deep\n`);
    expect(unread).toMatchObject([{ line: 5, what: 'nesting' }]);
    const html = read('post-mortems/2026-01-01-x.html', `<h2>Summary</h2>x${'<div>'.repeat(1_000)}deep`);
    expect(html.unread).toMatchObject([{ what: 'nesting' }]);
  });
});

describe('YAML', () => {
  it('does not explode', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from(
        { length: 9 },
        (_, index) =>
          `${String.fromCharCode(98 + index)}: &${String.fromCharCode(98 + index)} [${Array.from({ length: 9 }, () => `*${String.fromCharCode(97 + index)}`).join(',')}]`,
      ),
    ].join('\n');
    expect(readYaml(bomb)).toMatchObject({ why: 'it expands to too much' });
    expect(read('known-issues.yaml', bomb).unread).toMatchObject([{ what: 'YAML', why: 'it expands to too much' }]);
    expect(takeFrontMatter(`---\n${bomb}\n---\n# x\n`).flaw).toContain('expands to too much');
  });

  it('is not read deeper than it may be, nor longer', () => {
    for (const deep of [
      '['.repeat(200_000),
      `${'- '.repeat(5_000)}x`,
      Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      `${'{a: '.repeat(1_000)}`,
    ]) {
      expect('why' in readYaml(deep)).toBe(true);
    }
    expect(readYaml('a: b\n'.repeat(100_000))).toMatchObject({ why: 'it is longer than 262144 characters' });
    expect(readYaml(Array.from({ length: 20_000 }, (_, index) => `k${index}: v`).join('\n'))).toHaveProperty('value');
  });

  it('makes no object but plain ones, and no prototype', () => {
    const read = readYaml('a: !!js/function "x"\n__proto__: {polluted: true}\nb: !!binary aGk=\n');
    expect('value' in read && Object.getPrototypeOf(read.value)).toBe(Object.prototype);
    expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined();
  });

  it('names the line that is wrong', () => {
    expect(read('known-issues.yaml', 'known-issues:\n  - id: KI-1\n    title: "x\n').unread).toMatchObject([
      { path: 'known-issues.yaml', what: 'YAML', line: expect.any(Number) },
    ]);
  });
});
