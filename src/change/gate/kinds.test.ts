import { describe, expect, it } from 'vitest';
import { added, change, judge, open, removed } from './changes.fixture.ts';
import { kindOfFile, kindsOfFile } from './kinds.ts';

const examples: Readonly<Record<string, readonly string[]>> = {
  'edit-ci': [
    '.github/workflows/a.yaml',
    '.gitlab-ci.yml',
    '.gitlab-ci-plan.yml',
    '.woodpecker.yml',
    '.woodpecker/a.yaml',
    '.drone.yml',
    '.forgejo/workflows/a.yaml',
    '.gitea/workflows/a.yaml',
    'Jenkinsfile',
    'JENKINSFILE',
    '.circleci/config.yml',
    'atlantis.yaml',
    'stacks/mail/.github/a.yaml',
    '.GitHub/workflows/a.yaml',
    'renovate.json',
    '.travis.yml',
  ],
  'edit-git-file': [
    '.gitattributes',
    'stacks/mail/.gitattributes',
    '.gitmodules',
    '.GITMODULES',
    '.gitconfig',
    '.githooks/pre-commit',
    '.gitignore',
    '.lfsconfig',
    '.gitmodules.',
  ],
  'edit-agent-file': [
    'CLAUDE.md',
    'stacks/mail/AGENTS.md',
    '.claude/settings.json',
    '.mcp.json',
    '.vscode/tasks.json',
    '.cursorrules',
  ],
  'edit-lock-file': [
    'stacks/mail/.terraform.lock.hcl',
    'package-lock.json',
    'Chart.lock',
    'yarn.lock',
    'flake.lock',
    'pnpm-lock.yaml',
  ],
  'edit-engine-file': [
    'terraform.tfstate',
    'terraform.tfstate.backup',
    'a.tfplan',
    '.terraform/modules/modules.json',
    'stacks/a/.terragrunt-cache/x/main.tf',
    'errored.tfstate',
  ],
  'edit-encryption': [
    'state/a/terraform.tfstate.enc',
    '.sops.yaml',
    '.SOPS.yml',
    'a.enc.yaml',
    'a.sops.json',
    'id.age',
    '.git-crypt/keys/x',
    'tls.key',
    'tls.pem',
  ],
  'edit-engine-settings': [
    '.terraformrc',
    'terraform.rc',
    '.tofurc',
    'x.tofurc',
    '.opentofu-version',
    '.terraform-version',
    '.tool-versions',
    'mise.toml',
    '.tflint.hcl',
    '.terraformignore',
  ],
  'edit-hcl': ['stacks/mail/terragrunt.hcl', 'root.hcl', 'a/b/C.HCL', 'terragrunt.hcl.json', 'tests/a.tftest.hcl'],
  'edit-override': [
    'stacks/mail/override.tf',
    'stacks/mail/main_override.tf',
    'override.tf.json',
    'a_override.tofu',
    'Override.TF',
    'myoverride.tf',
  ],
  'edit-json-source': ['stacks/mail/main.tf.json', 'stacks/mail/main.tofu.json'],
  'edit-tofu-source': ['stacks/mail/main.tofu'],
  'edit-automatic-variables': [
    'stacks/mail/terraform.tfvars',
    'stacks/mail/terraform.tfvars.json',
    'stacks/mail/x.auto.tfvars',
    'x.auto.tfvars.json',
  ],
  'edit-script': [
    'run.sh',
    'a.py',
    'Makefile',
    'GNUmakefile',
    'Justfile',
    '.justfile',
    '.envrc',
    '.env',
    'scripts/README',
    'scripts/tg',
    'hooks/x',
    'Dockerfile',
    'package.json',
    '.pre-commit-config.yaml',
    'stacks/mail/scripts/a.tf',
    'SCRIPTS/tg',
    'ſcripts/tg',
  ],
};

describe('files that are more than data', () => {
  it('has an example of every kind, and ids that are told apart', () => {
    expect(Object.keys(examples).sort()).toEqual(kindsOfFile.map(({ id }) => id).sort());
    expect(new Set(kindsOfFile.map(({ id }) => id)).size).toBe(kindsOfFile.length);
    for (const { id, sentence } of kindsOfFile) {
      expect(id).toMatch(/^edit-[a-z-]+$/);
      expect(sentence).toMatch(/: .*consent$/);
    }
  });

  it.each(Object.entries(examples).flatMap(([id, paths]) => paths.map((path) => [id, path] as const)))(
    '%s: %s needs consent whatever the globs say',
    (id, path) => {
      expect(kindOfFile(path)?.id).toBe(id);
      for (const one of [change(path), added(path), removed(path)]) {
        expect(judge([one], open)).toContainEqual(expect.objectContaining({ rule: id, verdict: 'consent' }));
      }
    },
  );

  it.each([
    'stacks/mail/main.tf',
    'stacks/mail/values.yaml',
    'stacks/mail/mail.tfvars',
    'docs/scripting.md',
    '.gitkeep',
    'stacks/mail/overrides.yaml',
    'stacks/scripted/main.tf',
  ])('takes %s for data', (path) => {
    expect(kindOfFile(path)).toBeUndefined();
  });
});
