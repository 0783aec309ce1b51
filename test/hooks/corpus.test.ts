import { describe, expect, test } from 'vitest';
import { examine } from '../../src/guard/decide.ts';
import { corpus, decisionOf, denies } from './guard.fixture.ts';

/** Ways to run a whole script from another; a newline before what closes lets a here-document end. */
const quoted = (line: string): string => `'${line.replaceAll("'", `'\\''`)}'`;
const around: Readonly<Record<string, (line: string) => string>> = {
  'sh -c': (line) => `bash -c ${quoted(line)}`,
  'sudo sh -c': (line) => `sudo -u root -E sh -ec ${quoted(line)}`,
  'a chain of wrappers': (line) => `timeout 5 nice -n 5 env A=b nohup stdbuf -oL bash -lc ${quoted(line)}`,
  eval: (line) => `eval ${quoted(line)}`,
  'ssh and a remote shell': (line) => `ssh -p 22 admin@node1.example.net ${quoted(line)}`,
  'a container': (line) => `docker exec -i shell sh -c ${quoted(line)}`,
  su: (line) => `su - admin -c ${quoted(line)}`,
  'a pipe into sh': (line) => `echo ${quoted(line)} | sh`,
  'printf into bash': (line) => `printf '%s\\n' ${quoted(line)} | sudo bash`,
  'a here-string': (line) => `bash <<< ${quoted(line)}`,
  'a here-document': (line) => `bash <<'END_OF_IT'\n${line}\nEND_OF_IT`,
  'a file written and run': (line) => `cat > run.sh <<'END_OF_IT'\n${line}\nEND_OF_IT\nchmod +x run.sh; ./run.sh`,
  'process substitution': (line) => `. <(echo ${quoted(line)})`,
  'a command substitution': (line) => `echo "$(\n${line}\n)"`,
  'a subshell': (line) => `(\n${line}\n)`,
  braces: (line) => `{\n${line}\n}`,
  if: (line) => `if true; then\n${line}\nfi`,
  for: (line) => `for i in 1 2; do\n${line}\ndone`,
  while: (line) => `while true; do\n${line}\ndone`,
  case: (line) => `case x in\n  (x)\n${line}\n;;\nesac`,
  'a function': (line) => `f() {\n${line}\n}; f`,
  'a trap': (line) => `trap ${quoted(line)} EXIT`,
  find: (line) => `find . -exec sh -c ${quoted(line)} \\;`,
  xargs: (line) => `echo 1 | xargs -I{} sh -c ${quoted(line)}`,
  'behind other commands': (line) => `cd /srv && ls || true; ${line}`,
  'before a comment': (line) => `true # harmless\n${line}\n# done`,
};

describe('the corpus', () => {
  test('is of 300 lines, about half of them allowed', () => {
    expect(new Set(corpus.allowed).size).toBeGreaterThanOrEqual(140);
    expect(new Set(corpus.denied).size).toBeGreaterThanOrEqual(140);
    expect(new Set([...corpus.allowed, ...corpus.denied]).size).toBe(corpus.allowed.length + corpus.denied.length);
  });

  test.each(corpus.allowed)('passes: %s', (line) => {
    expect(decisionOf(line)).toEqual({ exit: 0 });
  });

  test.each(corpus.denied)('denies, having understood it: %s', (line) => {
    expect(decisionOf(line)).toMatchObject({ exit: 0, reason: expect.stringContaining('Castellan denies') });
  });

  test.each(Object.entries(around))('what is denied is denied in %s', (_name, wrap) => {
    expect(corpus.denied.filter((line) => !denies(wrap(line)))).toEqual([]);
  });

  test.each(Object.entries(around))('what is allowed is allowed in %s', (_name, wrap) => {
    expect(corpus.allowed.filter((line) => denies(wrap(line)))).toEqual([]);
  });

  test('what is allowed is allowed behind another command', () => {
    expect(corpus.allowed.filter((line) => denies(`cd /x && ${line}`))).toEqual([]);
  });

  test('what is denied is harmless as a quoted word', () => {
    for (const program of ['echo', 'grep -rn', 'git commit -m', 'printf %s']) {
      expect(corpus.denied.filter((line) => denies(`${program} ${quoted(line)}`))).toEqual([]);
    }
  });

  test('what is denied is harmless in a comment and in a file that is only written', () => {
    const onOneLine = corpus.denied.filter((line) => !line.includes('\n'));
    expect(onOneLine.filter((line) => denies(`ls # ${line}`))).toEqual([]);
    expect(corpus.denied.filter((line) => denies(`cat > notes.md <<'END_OF_IT'\n${line}\nEND_OF_IT`))).toEqual([]);
  });

  test('a command in two wrappers is still one', () => {
    const wraps = Object.values(around);
    for (const [index, line] of corpus.denied.entries()) {
      const outer = wraps[index % wraps.length];
      const inner = wraps[(index * 7 + 3) % wraps.length];
      if (outer === undefined || inner === undefined) throw new Error('no wrapper');
      expect(denies(outer(inner(line))), outer(inner(line))).toBe(true);
    }
  });

  test('the same words are judged the same twice', () => {
    for (const line of corpus.denied) expect(examine(line)).toEqual(examine(line));
  });
});
