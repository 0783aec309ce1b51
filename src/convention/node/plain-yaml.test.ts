import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parsedYaml } from './from-yaml.ts';
import { plainYaml } from './plain-yaml.ts';

const start = { file: 'x.tf', line: 7 };
const manifest = `"apiVersion": "apps/v1"
"kind": "Deployment"
"metadata":
  "labels": {}
  "name": "web"
spec:
  replicas: 2
  paused: false
  template:
    spec:
      containers:
      - name: app
        image: registry.example.net/app:2.0.0
        args:
          - "--say=\\"x\\""
          - run
        env: []
        resources:
          limits:
            memory: 64Mi
      - name: other
      nodeName: null
`;

describe('the plain part of YAML', () => {
  it('is what manifests are made of', () => {
    expect(plainYaml(manifest, start)).toEqual(parsedYaml(manifest, { start }));
    expect(plainYaml(manifest, start)).toBeDefined();
  });

  it('is what values are commonly written as', () => {
    const value = fc.jsonValue({ depthSize: 'small' });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Za-z][a-z.]{0,6}$/), value), (object) => {
        const text = stringify(object, { lineWidth: 0 });
        const node = plainYaml(text, start);
        if (node !== undefined) expect(node).toEqual(parsedYaml(text, { start }));
      }),
      { numRuns: 500 },
    );
  });

  it('never means another thing than the real parser says', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b:',
        'c: ',
        '- ',
        '-',
        ' ',
        '  ',
        '    ',
        '\n',
        '\n\n',
        ': ',
        '"',
        '\\',
        '\\n',
        '"x"',
        '{}',
        '[]',
        '{',
        ']',
        '1',
      ],
      ...[
        '0',
        '-1',
        '01',
        '1e3',
        '1_0',
        '12:30',
        '.5',
        '64Mi',
        'yes',
        'No',
        'y',
        'on',
        'true',
        'True',
        'null',
        '~',
        '#',
        ' # c',
      ],
      ...[
        '|',
        '>',
        '&a',
        '*a',
        '<<',
        '!!str',
        '?',
        '%',
        '@',
        '`',
        "'",
        'a:b',
        'x/y',
        '=',
        '---',
        '...',
        ',',
        'k: v',
        'k:\n  - v',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const node = plainYaml(text, start);
        if (node !== undefined) expect(node, text).toEqual(parsedYaml(text, { start }));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['a word that is a truth value', 'a: yes\n'],
    ['a key that is one', 'y: 1\n'],
    ['a text in single quotes', "a: 'b'\n"],
    ['a text over several lines', 'a: |\n  b\n'],
    ['a key that is there twice', 'a: 1\na: 2\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['an anchor', 'a: &b 1\n'],
    ['a tab', 'a:\t1\n'],
  ])('leaves %s to the real parser', (_, text) => {
    expect(plainYaml(text, start)).toBeUndefined();
  });
});
