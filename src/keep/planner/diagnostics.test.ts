import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStream, readWords } from './diagnostics.ts';
import { repositoryPath } from './engine-folder.ts';

const same = (name: string): string => name;
const said = (diagnostic: object): string => JSON.stringify({ '@level': 'error', type: 'diagnostic', diagnostic });

describe('a stream', () => {
  it('tells the engine, and the errors with their places', () => {
    const text = [
      'a line of a wrapper',
      '{"type":"version","terraform":"1.15.9","ui":"1.2"}',
      '{ not JSON',
      said({ severity: 'warning', summary: 'old' }),
      said({
        severity: 'error',
        summary: 's',
        detail: 'd',
        address: 'a.b',
        range: { filename: 'main.tf', start: { line: 3 } },
      }),
      said({ severity: 'error', summary: 'bare', detail: '' }),
    ].join('\n');
    expect(readStream(text, (name) => `stacks/mail/${name}`)).toEqual({
      engine: 'Terraform 1.15.9',
      diagnostics: [
        { summary: 's', detail: 'd', address: 'a.b', file: 'stacks/mail/main.tf', line: 3 },
        { summary: 'bare', detail: '' },
      ],
    });
  });

  it('of whatever text is read, and bounded', () => {
    fc.assert(fc.property(fc.string(), (text) => void readStream(text, same)));
    const many = readStream(
      `${said({ severity: 'error', summary: 'x'.repeat(99_999) })}\n`.repeat(200),
      same,
    ).diagnostics;
    expect(many).toHaveLength(100);
    expect(many[0]?.summary).toHaveLength(8_000);
  });
});

describe('words', () => {
  it('are taken apart at each error', () => {
    const text =
      '╷\n│ Error: One\n│ \n│   on modules/app/main.tf line 12, in resource "a" "b":\n│ \n│ because\n╵\n\nError: Two\n\nalso\n';
    expect(readWords('', text, same)).toMatchObject([
      { summary: 'One', file: 'modules/app/main.tf', line: 12 },
      { summary: 'Two', detail: 'also' },
    ]);
    const prefixed =
      '10:11:12.131 STDERR tofu: Error: Three\n10:11:12.131 STDERR tofu: \n10:11:12.131 STDERR tofu: why\n';
    expect(readWords('', prefixed, same)).toMatchObject([{ summary: 'Three', detail: 'why' }]);
  });

  it('end where the runner around the engine begins to speak', () => {
    expect(readWords('', 'Error: One\n\nwhy\n10:11:12.131 ERROR  error occurred:\n', same)).toEqual([
      { summary: 'One', detail: 'why' },
    ]);
  });

  it('without an error are the end of what was said', () => {
    expect(readWords('out', `${'x'.repeat(9_000)}end\n`, same)[0]?.detail).toMatch(/^x{7997}end$/);
    expect(readWords('out', '', same)[0]?.detail).toBe('out');
  });
});

describe('a path of the engine', () => {
  const cached = 'stacks/mail/.terragrunt-cache/a/b';
  it.each([
    ['stacks/mail', 'main.tf', 'stacks/mail/main.tf'],
    ['stacks/mail', '../../modules/app/main.tf', 'modules/app/main.tf'],
    ['stacks/mail', '/work/modules/app/main.tf', 'modules/app/main.tf'],
    [`${cached}/stacks/mail`, 'main.tf', 'stacks/mail/main.tf'],
    [`${cached}/stacks/mail`, '../../modules/app/main.tf', 'modules/app/main.tf'],
    [`${cached}/stacks/mail`, `/work/${cached}/modules/app/main.tf`, 'modules/app/main.tf'],
    [cached, 'main.tf', 'stacks/mail/main.tf'],
    [cached, 'inner/main.tf', 'stacks/mail/inner/main.tf'],
  ])('in %s, %s is %s of the repository', (folder, name, path) => {
    expect(repositoryPath(folder, 'stacks/mail', name)).toBe(path);
  });
});
