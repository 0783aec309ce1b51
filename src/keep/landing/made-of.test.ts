import { describe, expect, it } from 'vitest';
import { readStackGraph } from '../../iac/stacks/read.ts';
import type { Tree } from '../runs/parts.ts';
import { madeOf } from './made-of.ts';

const edit = { stacks: ['stacks/*'], modules: ['modules/*'] };

async function treeOf(files: Readonly<Record<string, string>>): Promise<Tree> {
  const source = { files: new Map(Object.entries(files)) };
  return { tree: 't', files: [], source, graph: await readStackGraph(source, edit) };
}

const homelab = {
  'root.hcl': 'inputs = {}\n',
  'stacks/mail/terragrunt.hcl':
    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\ndependency "dns" {\n  config_path = "../dns"\n}\n',
  'stacks/mail/main.tf':
    'module "app" {\n  source = "../../modules/app"\n}\nlocals {\n  hosts = yamldecode(file("../../shared/hosts.yaml"))\n}\n',
  'stacks/dns/terragrunt.hcl': 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n',
  'stacks/dns/main.tf': 'module "zone" {\n  source = "../../modules/zone"\n}\n',
  'stacks/blog/main.tf': 'module "app" {\n  source = "../../modules/app"\n}\n',
  'modules/app/main.tf': 'variable "x" {}\n',
  'modules/zone/main.tf': 'variable "y" {}\n',
  'modules/other/main.tf': 'variable "z" {}\n',
};

describe('what a stack is made of', () => {
  it.each([
    'stacks/mail/main.tf',
    'stacks/mail/files/deep/new.conf',
    'modules/app/added.tf',
    'root.hcl',
    'stacks/dns/main.tf',
    'modules/zone/main.tf',
    'shared/hosts.yaml',
  ])('is %s', async (path) => {
    expect(madeOf(await treeOf(homelab), 'stacks/mail')(path)).toBe(true);
  });

  it.each(['stacks/blog/main.tf', 'modules/other/main.tf', 'README.md', 'docs/shared.md', 'stacks/mailbox/main.tf'])(
    'is not %s',
    async (path) => {
      expect(madeOf(await treeOf(homelab), 'stacks/mail')(path)).toBe(false);
    },
  );

  it('is anything, where the stack is not there or a path of it is computed', async () => {
    expect(madeOf(await treeOf(homelab), 'stacks/nowhere')('README.md')).toBe(true);
    const computed = {
      ...homelab,
      'stacks/mail/main.tf': `module "app" {\n  source = "../../modules/\${"app"}-x"\n}\n`,
    };
    expect(madeOf(await treeOf(computed), 'stacks/mail')('README.md')).toBe(true);
    expect(madeOf(await treeOf(computed), 'stacks/blog')('README.md')).toBe(false);
  });
});
