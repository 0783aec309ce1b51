import { describe, expect, test } from 'vitest';
import { decide, examine } from '../../src/guard/decide.ts';
import { judgeSql } from '../../src/guard/sql.ts';
import { denies, payload } from './guard.fixture.ts';

describe('a file that the text writes', () => {
  test.each([
    "echo 'kubectl delete pod x' > f; sh f",
    "echo 'kubectl delete pod x' > ./f; . f",
    "echo 'helm uninstall x' > f; echo 'ls' >> f; sh < f",
    "echo 'kubectl delete pod x' | tee f; ./f",
  ])('is read where it is run: %s', (command) => {
    expect(denies(command)).toBe(true);
  });

  test('is not what was in it before', () => {
    expect(denies("echo 'kubectl delete pod x' > f; echo 'ls' > f; sh f")).toBe(false);
  });
});

describe('a command that reads what is written to it', () => {
  test('is read with what is written', () => {
    expect(denies("echo 'kubectl delete pod x' > >(sh)")).toBe(true);
    expect(denies("echo 'kubectl delete pod x' | tee >(sh)")).toBe(true);
  });

  test('is read once where something is written, and also where nothing is known to be', () => {
    expect(examine('echo a | tee >(kubectl delete pod x)').findings).toHaveLength(1);
    expect(examine('program >(kubectl delete pod x)').findings).toHaveLength(1);
  });
});

describe('a text that cannot be read', () => {
  test('is stopped where it names a guarded program, in pieces too', () => {
    expect(decide(payload('kubectl "')).exit).toBe(2);
    expect(decide(payload("ku''bectl \"")).exit).toBe(2);
    expect(decide('{"tool_input": kubectl').exit).toBe(2);
    expect(decide(payload(['kubectl'])).exit).toBe(2);
  });

  test('passes where it names none', () => {
    expect(decide(payload('echo $(')).exit).toBe(0);
    expect(decide('{').exit).toBe(0);
    expect(decide(payload({ command: '$(' })).exit).toBe(0);
  });
});

describe('SQL', () => {
  test.each([
    "select '/*'; drop table x; select '*/'",
    "select E'\\''; drop table x; --'",
    "select '--'; drop table x",
    'select "/*"; drop table x; select "*/"',
    'select $$/*$$; drop table x; select $$*/$$',
    '/* /* */ drop table x; */ drop table x',
    "select 1; drop table x; '",
    `select 1 into${' '.repeat(100)}table y from x`,
  ])('writes, whatever hides it: %s', (text) => {
    expect(judgeSql(text)).toBe('mutation');
  });

  test.each([
    "select 'drop table x; delete from y'",
    "select '/*', 1 -- drop table x",
    'select "drop table x; delete"',
    'select $a$; drop table x; $b$ $a$',
    "select E'\\'; drop table x; --'",
    'select 1 /* a /* b */ ; drop table x; */',
  ])('only reads: %s', (text) => {
    expect(judgeSql(text)).toBeUndefined();
  });

  test('shows secrets of its own', () => {
    expect(judgeSql('select * from "pg_authid"')).toBe('secret');
  });
});
