import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examine } from '../../src/guard/decide.ts';
import { mayConcern } from '../../src/guard/quick-look.ts';
import { denies } from './guard.fixture.ts';

/** Pieces of names of guarded programs and secrets, and what could put them together without a mark that is looked for. */
const pieces = [
  ...[
    'k',
    'u',
    'ku',
    'bectl',
    'oc',
    'o',
    'c',
    'bao',
    'ba',
    'tf',
    'tg',
    'helm',
    'hel',
    'm',
    'vault',
    'psql',
    'flux',
    'tofu',
  ],
  ...[' delete pod x', ' apply', ' uninstall x', ' get secret -o yaml', ' -c', ' edit x', ' "drop table x"'],
  ...[
    '.vault-',
    'token',
    '.ku',
    'be/config',
    '.tf',
    'state',
    'en',
    'v',
    '/proc/1/',
    'iron',
    'VAULT_TO',
    'KEN',
    'PG',
    'PASSWORD',
  ],
  ...[
    'echo ',
    'cat ',
    'sh ',
    'sh -c ',
    'eval ',
    'ssh n1 ',
    'sudo ',
    'tee f',
    'alias a=',
    'set',
    'grep ',
    'source f',
    'su -c ',
    '-S',
  ],
  ...[
    "'",
    '"',
    "''",
    '""',
    ' ',
    '\n',
    ';',
    '|',
    '&&',
    '(',
    ')',
    '<',
    '>',
    'f',
    '<<<',
    '<<E\n',
    'E\n',
    '#',
    '=',
    '/',
    '-',
    '.exe',
  ],
  ...[
    'find . -exec ',
    'python3 -c ',
    'docker run ',
    'docker run x/',
    'docker exec a ',
    'function f ',
    'trap ',
    '()',
    'export A=',
    'watch ',
  ],
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));

function findsSomething(command: string): boolean {
  try {
    return examine(command).findings.length > 0;
  } catch {
    // Whether it is stopped then is a matter of the names in it.
    return /kubectl|terraform|helm|vault/.test(command.replace(/["'\\]/g, ''));
  }
}

describe('the quick look', () => {
  test('lets all through to the whole guard that it denies', () => {
    fc.assert(
      fc.property(text, (command) => {
        if (!mayConcern(command)) expect(findsSomething(command)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    'h"e"lm uninstall x',
    'o"c" delete pod x',
    "sh -c 'a;oc delete pod x'",
    'he\\lm uninstall x',
    "$'\\x68elm' uninstall x",
    'a=he; b=lm; $a$b uninstall x',
    'a=he; `echo $a`lm uninstall x; helm uninstall x',
    '{he,x}lm uninstall x',
    '/usr/bin/hel[m] uninstall x',
    '/usr/bin/he?m uninstall x',
    '/usr/bin/hel* uninstall x',
    'hel@(m) uninstall x',
    'hel!(x) uninstall x',
    'hel+(m) uninstall x',
    'he\u0000lm uninstall x',
    "printf '%s%s' he 'lm uninstall x' | sh",
    'echo he | xargs -IX Xlm uninstall x',
    'env -Soc delete pod x',
    "parallel 'he'{}'m uninstall x' ::: l",
    'k delete pod x',
    'cat /etc/rancher/k3s/k3s.yaml',
    'cat /proc/1/environ',
    'set | grep PASSWORD',
    'printenv TF_VAR_db_password',
  ])('does not end the whole guard’s work on: %s', (command) => {
    expect(denies(command)).toBe(true);
  });

  test.each([
    'ls -la',
    'npm test',
    'git commit -m "the docs of k3s"',
    "cd /srv && grep -rn 'a b' src | head -20",
    'docker ps',
  ])('ends it on: %s', (command) => {
    expect(mayConcern(command)).toBe(false);
  });
});
