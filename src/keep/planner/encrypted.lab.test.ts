import { describe, expect, it } from 'vitest';
import { makeOrigin, never, refusal } from '../../iac/git/origin.fixture.ts';
import { assertPlainFiles } from './encrypted.ts';

const cipher = '\0GITCRYPT\0noise';

async function check(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  varFiles: readonly string[] = [],
): Promise<void> {
  const origin = await makeOrigin();
  await origin.commit(files);
  for (const [path, target] of Object.entries(links)) origin.link(path, target);
  await origin.commit({});
  const repository = await origin.open();
  await repository.fetch(never);
  const { tree } = await repository.commit(await repository.resolve('main'));
  await assertPlainFiles(repository, tree, await repository.files(tree), { stack: 'stacks/mail', varFiles });
}

const code = async (work: Promise<void>): Promise<string> => (await refusal(work)).code;

describe('a file that git-crypt encrypted', () => {
  it('is found among the files the profile names', async () => {
    await check({ 'config.tfvars': 'a = 1\n', 'other.tfvars': cipher }, {}, ['config.tfvars', 'missing.tfvars']);
    expect(await code(check({ 'config.tfvars': cipher }, {}, ['config.tfvars']))).toBe('encrypted-in-tree');
    expect(await code(check({ 'real.tfvars': cipher }, { 'config.tfvars': 'real.tfvars' }, ['config.tfvars']))).toBe(
      'encrypted-in-tree',
    );
  });

  it('is found where the stack or a module of it reads it, through links', async () => {
    const source = (text: string) => ({ 'stacks/mail/main.tf': text, 'secrets/key.pem': cipher });
    const link = { 'stacks/mail/secrets': '../../secrets' };
    for (const path of [
      `\${path.root}/secrets/key.pem`,
      `\${path.module}/secrets/key.pem`,
      'secrets/key.pem',
      './secrets/key.pem',
    ])
      expect(await code(check(source(`locals { a = file("${path}") }\n`), link))).toBe('encrypted-in-tree');
    expect(await code(check(source(`locals { a = file("\${path.root}/../../secrets/key.pem") }\n`)))).toBe(
      'encrypted-in-tree',
    );
    const module = {
      ...source('module "tls" {\n  source = "../../modules/tls"\n}\n'),
      'modules/tls/main.tf': 'module "inner" {\n  source = "./inner"\n}\n',
      'modules/tls/inner/main.tf': `locals { a = filebase64( "\${path.root}/secrets/key.pem" ) }\n`,
    };
    expect(await code(check(module, link))).toBe('encrypted-in-tree');
  });

  it('is none of a plan’s business where nothing reads it', async () => {
    await check({
      'stacks/mail/main.tf': 'locals { a = file("plain.txt") }\n',
      'stacks/mail/plain.txt': 'x',
      'secrets/key.pem': cipher,
    });
  });

  it('is looked for along links that go in circles, or out of the tree, to their end', async () => {
    const links = { a: 'b', b: 'a', c: '../../etc', d: '/etc' };
    await check({ 'stacks/mail/main.tf': '' }, links, ['a/x', 'c/passwd', 'd/passwd', '../x', '']);
  });
});
