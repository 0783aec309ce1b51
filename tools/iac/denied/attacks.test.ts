import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeniedCommand } from './read.ts';

const read = (argv: readonly string[], stdin?: string) => readDeniedCommand({ argv, stdin });
const patched = (text: string, ...more: string[]) => read(['kubectl', 'patch', 'deploy', 'web', '-p', text, ...more]);
const none = { is: 'none', why: expect.any(String) };

/** Words that commands are made of, so that a random one goes further than its first. */
const word = fc.oneof(
  fc.constantFrom(
    ...[
      'kubectl',
      'helm',
      'scale',
      'set',
      'image',
      'env',
      'patch',
      'label',
      'upgrade',
      'deploy/web',
      'deploy',
      'web',
      '--',
    ],
    ...[
      '-n',
      '-p',
      '--set',
      '--replicas=3',
      '--type=json',
      'A=1',
      'A-',
      '{"spec":{"replicas":3}}',
      '*=w:2',
      '-f',
      '-',
      '-A',
    ],
    ...[
      '[{"op":"add","path":"/spec/a","value":1}]',
      'a.b[0]=c',
      '--reuse-values',
      '__proto__',
      'constructor',
      '-c',
      '',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

describe('whatever the words are', () => {
  it('there is an answer, in our words alone, that the keep would take', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.option(fc.string(), { nil: undefined }), (argv, stdin) => {
        const command = read(argv, stdin);
        if (command.is === 'none') {
          expect(command.why.length).toBeLessThanOrEqual(160);
          expect(command.why).toMatch(/^[\p{L}\d_ ,.:;’'()-]+$/u);
          return;
        }
        expect(command.name).toMatch(/^[\w.:-]{1,253}$/);
        expect(command.kind).toMatch(/^\w{1,100}$/);
        expect(command.namespace ?? 'x').toMatch(/^[a-z0-9-]{1,63}$/);
        if (command.is === 'edit') expect(command.wishes.length).toBeGreaterThan(0);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('words without end', () => {
  it('flags by the ten thousand are read, and more are not', () => {
    const flags = Array.from({ length: 10_000 }, () => ['-n', 'mail']).flat();
    const command = read(['kubectl', ...flags.slice(0, 19_000), 'scale', 'deploy/web', '--replicas=3']);
    expect(command).toMatchObject({
      is: 'edit',
      namespace: 'mail',
      wishes: [{ path: ['spec', 'replicas'], value: 3 }],
    });
    expect(read(['kubectl', ...flags, 'scale', 'deploy/web', '--replicas=3'])).toEqual(none);
    expect(read(['kubectl', 'scale', 'deploy/web', `--replicas=${'3'.repeat(600_000)}`])).toEqual(none);
    expect(read(['kubectl', 'scale', 'deploy/web', '--replicas=3', `-${'R'.repeat(500_000)}x`])).toEqual(none);
  });

  it('a patch that is larger or deeper than any that is meant is none', () => {
    for (const text of [
      `{"spec":{"replicas":3}}${' '.repeat(17_000)}`,
      `{"spec":{"a":"${'x'.repeat(20_000)}"}}`,
      `{"a":${'['.repeat(8_000)}${']'.repeat(8_000)}}`,
      `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
      `a: ${'{a: '.repeat(4_000)}`,
      `a: ${'['.repeat(16_000)}`,
      '? '.repeat(8_000),
      `${'- '.repeat(8_000)}a`,
      Array.from({ length: 1_500 }, (_, index) => `k${index}: 1`).join('\n'),
      `{"spec":{${Array.from({ length: 21 }, (_, index) => `"k${index}":1`)}}}`,
      `{"metadata":{"labels":{"${'k'.repeat(254)}":"v"}}}`,
      `{"metadata":{"labels":{"k":"${'v'.repeat(4_001)}"}}}`,
    ]) {
      expect(patched(text)).toEqual(none);
      expect(patched(text, '--type=json')).toEqual(none);
    }
    const operations = Array.from({ length: 21 }, (_, index) => ({ op: 'add', path: `/spec/k${index}`, value: 1 }));
    expect(patched(JSON.stringify(operations), '--type=json')).toEqual(none);
    expect(patched(JSON.stringify([{ op: 'add', path: '/a'.repeat(21), value: 1 }]), '--type=json')).toEqual(none);
  });

  it('aliases are not followed, in a patch or a manifest', () => {
    const bomb = [
      'a: &a {x: "y"}',
      ...Array.from('bcdefghij', (key, index) => `${key}: &${key} [${`*${'abcdefghij'[index]},`.repeat(9)}]`),
    ];
    expect(patched(bomb.join('\n'))).toEqual(none);
    expect(patched('spec: &s {replicas: 3}\nmetadata: {<<: *s}')).toEqual(none);
    const apply = (...lines: string[]) => read(['kubectl', 'apply', '-f', '-'], [...bomb, ...lines].join('\n'));
    expect(apply('kind: ConfigMap', 'metadata: {name: web}')).toMatchObject({ is: 'look', name: 'web' });
    expect(apply('kind: *j', 'metadata: {name: web}')).toEqual(none);
    expect(read(['kubectl', 'apply', '-f', '-'], `a: ${'['.repeat(130_000)}`)).toEqual(none);
    expect(read(['kubectl', 'apply', '-f', '-'], 'a: 1\n'.repeat(30_000))).toEqual(none);
  });

  it('what Helm sets is not without end either', () => {
    const set = (...texts: string[]) => read(['helm', 'upgrade', 'web', 'r/web', ...texts]);
    expect(set('--set', 'a=1,'.repeat(16_000))).toEqual(none);
    expect(set('--set', 'a.'.repeat(30_000))).toEqual(none);
    expect(set('--set', `a${'[0]'.repeat(20_000)}=1`)).toEqual(none);
    expect(set('--set-json', `a="${'\\"'.repeat(30_000)}`)).toEqual(none);
    expect(set('--set-json', `a=${'['.repeat(60_000)}`)).toEqual(none);
    expect(set('--set', `a[99999]=1`)).toEqual(none);
    expect(set(...Array.from({ length: 21 }, (_, index) => `--set=k${index}=1`))).toEqual(none);
  });
});

describe('names that are more than names', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no kind, verb or flag', (name) => {
    expect(read(['kubectl', 'scale', `${name}/web`, '--replicas=3'])).toEqual(none);
    expect(read(['kubectl', name, 'deploy/web'])).toEqual(none);
    expect(read(['kubectl', 'set', name, 'deploy/web', 'a=b'])).toEqual(none);
    expect(read(['kubectl', 'scale', 'deploy/web', '--replicas=3', `--${name}=1`])).toEqual(none);
  });

  it('a path does not lead out of an object', () => {
    expect(patched('{"__proto__":{"replicas":3}}')).toEqual(none);
    expect(patched('{"spec":{"__proto__":3}}', '--type=merge')).toEqual(none);
    expect(patched('spec: {__proto__: {a: 3}}')).toEqual(none);
    expect(patched('[{"op":"add","path":"/__proto__/a","value":1}]', '--type=json')).toEqual(none);
    expect(read(['helm', 'upgrade', 'web', 'r/web', '--set', '__proto__.a=1'])).toEqual(none);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('controls, and halves of letters, are not handed on', () => {
    for (const bad of ['a\u0000b', 'a\u001b[2Jb', 'a\u009bb', 'a\ud800b']) {
      expect(read(['kubectl', 'set', 'env', 'deploy/web', `A=${bad}`])).toEqual(none);
      expect(read(['kubectl', 'scale', `deploy/${bad}`, '--replicas=3'])).toEqual(none);
      expect(read(['helm', 'upgrade', 'web', 'r/web', '--set', `${bad}=1`])).toEqual(none);
      expect(patched(JSON.stringify({ metadata: { annotations: { [bad]: 'x' } } }))).toEqual(none);
    }
  });

  it('what a shell would have put there is not taken as it stands', () => {
    for (const bad of ['$TAG', '$' + '{TAG}', '$(id)', '`id`', '$1'])
      for (const argv of [
        ['kubectl', 'set', 'env', 'deploy/web', `A=${bad}`],
        ['kubectl', 'label', 'deploy/web', `a=${bad}`],
        ['kubectl', 'patch', 'deploy/web', '-p', JSON.stringify({ spec: { a: bad } })],
        ['helm', 'upgrade', 'web', 'r/web', '--set', `a=${bad}`],
        ['helm', 'upgrade', bad, 'r/web', '--set', `a=1`],
        ['kubectl', '-n', bad, 'scale', 'deploy/web', '--replicas=3'],
      ])
        expect(read(argv)).toEqual(none);
  });
});
