import { describe, expect, test } from 'vitest';
import type { StackGraph } from './graph.ts';
import { readStackGraph } from './read.ts';

const root = `
locals {
  stack = basename(get_terragrunt_dir())
}
terraform {
  source = "\${get_parent_terragrunt_dir()}//stacks/\${local.stack}"
}
`;
const include = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n';
const dependency = (path: string): string => `dependency "x" {\n  config_path = "${path}"\n}\n`;

function read(files: Readonly<Record<string, string>>): Promise<StackGraph> {
  return readStackGraph({ files: new Map(Object.entries(files)) }, { stacks: ['stacks/*'], modules: ['modules/*'] });
}

const house: Readonly<Record<string, string>> = {
  'root.hcl': root,
  'README.md': 'no stack',
  'modules/app/main.tf': 'module "labels" {\n  source = "../labels"\n}\n',
  'modules/labels/main.tf': 'output "all" {\n  value = {}\n}\n',
  'modules/unused/main.tf': '',
  'stacks/databases/terragrunt.hcl': include,
  'stacks/databases/main.tf': '',
  'stacks/identity/terragrunt.hcl': `${include}dependencies {\n  paths = ["../databases"]\n}\n`,
  'stacks/identity/main.tf': 'module "app" {\n  source = "../../modules/app"\n}\n',
  'stacks/mail/terragrunt.hcl': include + dependency('../identity'),
  'stacks/mail/main.tf': 'module "app" {\n  source = "./parts/app"\n}\n',
  'stacks/mail/parts/app/main.tf': 'module "labels" {\n  source = "../../../../modules/labels"\n}\n',
  'stacks/mail/mail.auto.tfvars': 'a = 1\n',
  'stacks/mail/notes.txt': 'no Terraform',
  'stacks/plain/main.tf': 'module "remote" {\n  source  = "example.net/some/module"\n  version = "1.0.0"\n}\n',
  'stacks/empty/notes.txt': 'no Terraform',
};

describe('the graph of stacks', () => {
  test('finds stacks with and without Terragrunt, and what each is made of', async () => {
    const { stacks, problems } = await read(house);
    expect(problems).toEqual([]);
    expect([...stacks.keys()]).toEqual(['stacks/databases', 'stacks/identity', 'stacks/mail', 'stacks/plain']);
    expect(stacks.get('stacks/mail')).toEqual({
      path: 'stacks/mail',
      includes: ['root.hcl'],
      dependsOn: ['stacks/identity'],
      modules: ['modules/labels', 'stacks/mail/parts/app'],
      files: ['stacks/mail/mail.auto.tfvars', 'stacks/mail/main.tf', 'stacks/mail/terragrunt.hcl'],
    });
    expect(stacks.get('stacks/identity')).toMatchObject({ modules: ['modules/app', 'modules/labels'] });
    expect(stacks.get('stacks/plain')).toMatchObject({ includes: [], modules: [], files: ['stacks/plain/main.tf'] });
  });

  test('names what depends on a stack, directly and behind another', async () => {
    const graph = await read(house);
    expect(graph.dependantsOf('stacks/databases')).toEqual(['stacks/identity', 'stacks/mail']);
    expect(graph.dependantsOf('stacks/mail')).toEqual([]);
    expect(graph.dependantsOf('stacks/none')).toEqual([]);
  });

  test.each([
    [
      'a module, the stacks that use it through another',
      ['modules/labels/main.tf'],
      ['stacks/identity', 'stacks/mail'],
    ],
    ['an include, every stack that has it', ['root.hcl'], ['stacks/databases', 'stacks/identity', 'stacks/mail']],
    ['a file of a stack, that one', ['stacks/plain/new.tf'], ['stacks/plain']],
    ['a module nobody uses, none', ['modules/unused/main.tf'], []],
    ['a folder that begins like a module, none', ['modules/labels-old/main.tf'], []],
  ])('of %s', async (_, paths, stacks) => {
    expect((await read(house)).stacksUsing(paths)).toEqual(stacks);
  });

  test('finds a stack by its folder and by its name, and none where several fit', async () => {
    const graph = await readStackGraph(
      {
        files: new Map([
          ['a/mail/main.tf', ''],
          ['b/mail/main.tf', ''],
          ['b/dns/main.tf', ''],
        ]),
      },
      { stacks: ['*/*'], modules: [] },
    );
    expect([
      graph.find('a/mail'),
      graph.find('dns'),
      graph.find('b/dns/'),
      graph.find('mail'),
      graph.find('ns'),
    ]).toEqual(['a/mail', 'b/dns', 'b/dns', undefined, undefined]);
  });

  test('an include without a name is the terragrunt.hcl above', async () => {
    const { stacks } = await read({
      'terragrunt.hcl': '',
      'stacks/mail/terragrunt.hcl': 'include {\n  path = find_in_parent_folders()\n}\n',
    });
    expect(stacks.get('stacks/mail')?.includes).toEqual(['terragrunt.hcl']);
  });

  test('a source in another folder makes that folder’s files part of the stack', async () => {
    const { stacks, problems } = await read({
      ...house,
      'stacks/photos/terragrunt.hcl': 'terraform {\n  source = "../../modules//app"\n}\n',
    });
    expect(problems).toEqual([]);
    expect(stacks.get('stacks/photos')?.modules).toEqual(['modules/app', 'modules/labels']);
  });

  test('a file that another reads takes part like an include', async () => {
    const { stacks } = await read({
      'common.hcl': '',
      'stacks/mail/terragrunt.hcl': 'locals {\n  common = read_terragrunt_config("../../common.hcl")\n}\n',
    });
    expect(stacks.get('stacks/mail')?.includes).toEqual(['common.hcl']);
  });

  test('a module folder is no stack, whatever the globs of stacks say', async () => {
    const graph = await readStackGraph(
      {
        files: new Map([
          ['stacks/mail/main.tf', ''],
          ['stacks/mail/modules/app/main.tf', ''],
        ]),
      },
      { stacks: ['stacks/**'], modules: ['**/modules/*'] },
    );
    expect([...graph.stacks.keys()]).toEqual(['stacks/mail']);
  });
});

describe('what cannot be understood is a problem, and hides nothing else', () => {
  test.each([
    [
      'a computed dependency',
      dependency(`\${get_env("WHERE")}`),
      'stacks/mail/terragrunt.hcl:2: which stack this depends on cannot be told without running Terragrunt',
    ],
    [
      'computed dependencies',
      'dependencies {\n  paths = split(",", get_env("ALL"))\n}\n',
      'stacks/mail/terragrunt.hcl:1: which stack this depends on cannot be told without running Terragrunt',
    ],
    ['a dependency on no stack', dependency('../nowhere'), 'stacks/mail/terragrunt.hcl:2: stacks/nowhere is no stack'],
    [
      'a dependency outside',
      dependency('../../../elsewhere'),
      'stacks/mail/terragrunt.hcl:2: which stack this depends on cannot be told without running Terragrunt',
    ],
    [
      'a dependency on itself',
      dependency('../mail'),
      'stacks/mail/terragrunt.hcl:2: stacks/mail depends on itself, through stacks/mail',
    ],
    [
      'a computed include',
      'include "x" {\n  path = run_cmd("find")\n}\n',
      'stacks/mail/terragrunt.hcl:2: where this include lies cannot be told without running Terragrunt',
    ],
    [
      'an include that is not there',
      'include "x" {\n  path = find_in_parent_folders("other.hcl")\n}\n',
      'stacks/mail/terragrunt.hcl:2: where this include lies cannot be told without running Terragrunt',
    ],
    [
      'a file that is read and computed',
      'locals {\n  a = read_terragrunt_config(local.b)\n  b = local.b\n}\n',
      'stacks/mail/terragrunt.hcl:2: which file this reads cannot be told without running Terragrunt',
    ],
    [
      'a remote source',
      'terraform {\n  source = "git::https://example.net/modules.git"\n}\n',
      'stacks/mail/terragrunt.hcl:2: which folder this source names cannot be told without running Terragrunt',
    ],
    [
      'a source that is not there',
      'terraform {\n  source = "../../modules/none"\n}\n',
      'stacks/mail/terragrunt.hcl:2: the folder of this source does not exist',
    ],
    ['a file that is no HCL', 'include {', 'stacks/mail/terragrunt.hcl:1: '],
  ])('%s', async (_, text, problem) => {
    const { stacks, problems } = await read({ ...house, 'stacks/mail/terragrunt.hcl': text });
    const told = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(problem);
    expect(stacks.size).toBe(4);
  });

  test.each([
    [
      'a module folder that is not there',
      'module "x" {\n  source = "../../modules/none"\n}\n',
      'stacks/plain/main.tf:2: the folder of this module does not exist',
    ],
    [
      'a module without a source',
      'module "x" {\n}\n',
      'stacks/plain/main.tf:1: which module this is cannot be told: its source is computed',
    ],
    [
      'a module with a computed source',
      `module "x" {\n  source = "../../modules/\${var.x}"\n}\n`,
      'stacks/plain/main.tf:2: which module this is cannot be told: its source is computed',
    ],
  ])('%s', async (_, text, problem) => {
    const { problems } = await read({ ...house, 'stacks/plain/main.tf': text });
    expect(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([problem]);
  });

  test('a module that contains itself is reported, and the rest of it still read', async () => {
    const { stacks, problems } = await read({
      ...house,
      'modules/labels/main.tf': 'module "again" {\n  source = "../app"\n}\n',
    });
    expect(problems.map(({ file, message }) => [file, message])).toContainEqual([
      'modules/labels/main.tf',
      'this module contains itself',
    ]);
    expect(stacks.get('stacks/identity')?.modules).toEqual(['modules/app', 'modules/labels']);
  });

  test('a circle of stacks is reported at each of its dependencies, and ends', async () => {
    const graph = await read({ ...house, 'stacks/databases/terragrunt.hcl': dependency('../mail') });
    expect(graph.problems.map(({ file }) => file).sort()).toEqual([
      'stacks/databases/terragrunt.hcl',
      'stacks/identity/terragrunt.hcl',
      'stacks/mail/terragrunt.hcl',
    ]);
    expect(graph.dependantsOf('stacks/mail')).toEqual(['stacks/databases', 'stacks/identity']);
  });
});
