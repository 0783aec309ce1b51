import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import type { TerraformEnv } from '../lab-env.ts';
import { runToEnd } from '../run-to-end.ts';
import { homelab } from './homelab.ts';

/** How the homelab is applied: Terragrunt, OpenTofu, a provider from a mirror on disk, and nothing from the network. */

const provider = { program: 'terraform-provider-kubectl', source: 'gavinbunney/kubectl', version: '1.19.0' } as const;

/** OpenTofu and Terraform look under the name of their own registry. */
const registries = ['registry.opentofu.org', 'registry.terraform.io'];

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Runs one command over all stacks, in the order of their dependencies. */
export type RunAll = (args: readonly string[]) => Promise<void>;

export function prepareRunner(lab: Lab, state: string): RunAll {
  const { cliConfig, environmentFile } = terraformEnv(lab);
  const mirror = lab.path('mirror');
  const platform = `${process.platform}_${architectures[process.arch] ?? process.arch}`;
  for (const registry of registries) {
    const folder = join(mirror, registry, provider.source, provider.version, platform);
    mkdirSync(folder, { recursive: true });
    symlinkSync(lab.program(provider.program), join(folder, `${provider.program}_v${provider.version}`));
  }
  writeFileSync(cliConfig, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  const variables = {
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: '1',
    TF_VAR_kube_config_path: lab.kubeconfig('admin'),
    CHECKPOINT_DISABLE: '1',
    PG_CONN_STR: state,
    TG_TF_PATH: lab.program('tofu'),
    TG_NON_INTERACTIVE: 'true',
    TG_NO_COLOR: 'true',
    SOPS_AGE_KEY_FILE: lab.path('age.key'),
  };
  writeFileSync(environmentFile, `${JSON.stringify(variables, null, 2)}\n`, { mode: 0o600 });
  return (args) =>
    runToEnd(lab, 'terragrunt', homelab.needs, {
      file: lab.program('terragrunt'),
      // One after the other: the first state of each schema is made under one lock of the whole database, and whoever finds
      // it taken sleeps for longer than a stack takes.
      args: ['run', '--all', '--parallelism', '1', '--working-dir', lab.path('homelab', 'stacks'), '--', ...args],
      cwd: lab.path('homelab'),
      env: { HOME: lab.path(), ...variables },
      log: lab.path('logs', 'terragrunt.log'),
    });
}

export function terraformEnv(lab: Lab): TerraformEnv {
  return {
    terragrunt: lab.program('terragrunt'),
    sops: lab.program('sops'),
    tofu: lab.program('tofu'),
    ...(lab.has('terraform') ? { terraform: lab.program('terraform') } : {}),
    cliConfig: lab.path('terraform.rc'),
    mirror: lab.path('mirror'),
    ageKeyFile: lab.path('age.key'),
    environmentFile: lab.path('terraform-env.json'),
  };
}
