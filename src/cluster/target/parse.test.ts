import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { parseTarget } from './parse.ts';

describe('parseTarget', () => {
  it('reads a kind and a name, with or without a namespace before it', () => {
    expect(parseTarget('deploy/server')).toEqual({
      form: 'object',
      kind: 'deploy',
      name: 'server',
      namespace: undefined,
    });
    expect(parseTarget('deploy/server', 'photos')).toMatchObject({ kind: 'deploy', namespace: 'photos' });
    expect(parseTarget('photos/deploy/server')).toMatchObject({ kind: 'deploy', name: 'server', namespace: 'photos' });
    expect(parseTarget('photos/clusters.postgresql.cnpg.io/db')).toMatchObject({ kind: 'clusters.postgresql.cnpg.io' });
    expect(parseTarget('clusterrole/system:node')).toMatchObject({ name: 'system:node' });
  });

  it('reads a word, which may be a host', () => {
    expect(parseTarget('photos')).toEqual({ form: 'word', word: 'photos', namespace: undefined });
    expect(parseTarget(' photos.example.net ')).toMatchObject({ word: 'photos.example.net' });
  });

  it.each([
    'pod/../secrets/x',
    'pod/..',
    '../secrets/db',
    'pod/x%2f..',
    'pod/%2e%2e',
    'pod/a..b',
    'pod/x?watch=1',
    'pod/x#y',
    'pod/web secret/db',
    'pod/web,secret/db',
    'pod,secret/db',
    'configmap/a secret/b',
    'a/b/c/d',
    'pod/',
    '/pod/x',
    '/x',
    '',
    ' ',
    'pod/-o',
    '--server=x',
    'pod\n/x',
    'Photos/deploy/x',
    'https://photos.example.net/',
    'pod/x\u202e',
  ])('refuses %j', (target) => {
    expect(() => parseTarget(target)).toThrow(expect.objectContaining({ code: 'target-invalid' }));
  });

  it('refuses two namespaces', () => {
    expect(() => parseTarget('photos/deploy/server', 'books')).toThrow('the namespace asked for is books');
    expect(parseTarget('photos/deploy/server', 'photos')).toMatchObject({ namespace: 'photos' });
  });

  it('lets nothing through that could change a path or be a second name', () => {
    const pieces = fc.constantFrom(
      'pod',
      'secrets',
      '..',
      '.',
      '/',
      '%2f',
      '%',
      '?',
      '#',
      ' ',
      ',',
      '\\',
      'a',
      'Z',
      ':',
      '\u0000',
    );
    const hostile = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(hostile, fc.option(hostile, { nil: undefined }), (target, namespace) => {
        let asked: ReturnType<typeof parseTarget>;
        try {
          asked = parseTarget(target, namespace);
        } catch (error) {
          expect(error).toBeInstanceOf(CastellanError);
          return;
        }
        const parts = asked.form === 'word' ? [asked.word] : [asked.kind, asked.name];
        for (const part of [...parts, asked.namespace ?? 'none']) {
          expect(part).toMatch(/^[A-Za-z0-9][-A-Za-z0-9._:]*$/);
          expect(part).not.toContain('..');
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
