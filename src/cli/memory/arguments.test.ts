import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsIn, linksIn, Misuse, parseCommandLine } from './arguments.ts';
import { commands } from './commands.ts';
import { helpLines } from './help.ts';

const parse = (...words: readonly string[]) => parseCommandLine(words, commands);

describe('the command line of memory-tool', () => {
  it('reads a command, its words and its options in any order, and places before it', () => {
    const parsed = parse('--home', '/data', 'store', '--tags', 'a,b', 'The NAS sleeps.', '--json', '--tags=c');
    expect(parsed).toMatchObject({ command: 'store', words: ['The NAS sleeps.'], home: '/data', json: true });
    expect(parsed.options.list('tags')).toEqual(['a', 'b', 'c']);
    expect(parse('hook', 'recall').command).toBe('hook recall');
    expect(parse('store', '-').words).toEqual(['-']);
    expect(parse('store', '--', '--force is a text').words).toEqual(['--force is a text']);
  });

  it.each([
    [['remember', 'x'], 'there is no command `remember`'],
    [['hook', 'nothing'], 'hook recall'],
    [['store'], 'was given nothing'],
    [['store', 'two', 'words'], 'stands in quotes'],
    [['store', 'x', '--catgory', 'facts'], '--category'],
    [['recall', 'x', '--limit'], '--limit'],
    [['list', 'facts'], 'nothing but options'],
  ])('refuses %j and says what to write', (words, why) => {
    expect(() => parse(...words)).toThrow(Misuse);
    expect(() => parse(...words)).toThrow(why);
  });

  it('refuses values that cannot be what they stand for', () => {
    const { options } = parse('store', 'x', '--importance', '7', '--from', 'yesterday', '--visibility', 'all');
    expect(() => options.number('importance', [0, 1])).toThrow('from 0 to 1');
    expect(() => options.moment('from')).toThrow('2026-03-01');
    expect(() => options.one('visibility', ['private', 'public'])).toThrow('private, public');
    expect(parse('recall', 'x', '--as-of', '2026-02-31T00:00:00Z').options.has('as-of')).toBe(true);
  });

  it('reads ids and links as answers show them', () => {
    expect(idsIn(['12', '#7,8'])).toEqual([12, 7, 8]);
    expect(linksIn(['supersedes:12', 'see-also:#7'])).toEqual(['supersedes:12', 'see-also:7']);
    for (const wrong of ['', '0', '-1', '1.5', '1e3', 'twelve', '99999999999999999999', '12;rm']) {
      expect(() => idsIn([wrong]), wrong).toThrow(Misuse);
    }
    for (const wrong of ['blocks:3', 'supersedes', 'supersedes:', 'supersedes:x']) {
      expect(() => linksIn([wrong]), wrong).toThrow(Misuse);
    }
  });

  it('ends in an answer or a misuse, whatever is typed', () => {
    const word = fc.oneof(
      fc.constantFrom(...Object.keys(commands), '--home', '--json', '--tags', '-', '--', '--help', '-x', '--no-json'),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          parse(...words);
        } catch (error) {
          expect(error).toBeInstanceOf(Misuse);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('has help for every command, with examples that it would take', () => {
    const overview = helpLines('').join('\n');
    for (const [name, { examples }] of Object.entries(commands)) {
      expect(overview).toContain(`  ${name}`);
      expect(helpLines(name)[0]).toContain(`memory-tool ${name}`);
      for (const example of examples) {
        for (const [, call = ''] of example.matchAll(/memory-tool ([^;|<>]*)/g)) {
          const words = [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
          expect(() => parse(...words), example).not.toThrow();
        }
      }
    }
  });
});
