import { Argument, Command, InvalidArgumentError } from 'commander';
import type { CliContext } from './terminal.ts';
import { isMount, isRole, type PolicyName, policyNames, vaultPolicy, vaultRoles } from './vault-policies.ts';

interface PolicyOptions {
  readonly mount?: readonly string[];
  readonly kubernetes?: string;
  readonly lend?: readonly string[];
  readonly roles?: true;
}

const policyHelp = `
Policies:
  metadata           the daemon: paths, keys, versions, times; never a value
  kubernetes-reader  beside it, where Vault lends the daemon its Kubernetes token
  fingerprinter      reads values, and nothing but read; its own user, its own token
  requests           the keep: reads only wrapped, lends, makes tokens for one piece of work
  requests-write     beside it: what the token of one write may
  memories           a second token of the daemon: encrypts sensitive memories, opens none

  castellan vault policy metadata | vault policy write castellan-metadata -
  castellan vault policy requests --mount secret --mount team/secret --lend media-viewer
  castellan vault policy --roles > roles.tf

Whether the token of this host has no more than its policy: castellan doctor. Vault 1.10 or OpenBao 2.0, or newer.`;

/** `castellan vault`: what an operator sets up in Vault. It speaks to no server itself. */
export function vaultCommand({ terminal }: CliContext): Command {
  const command = new Command('vault').description('what Castellan needs in Vault or OpenBao');
  command
    .command('policy')
    .description('print the policies Castellan is deployed with, or one of them')
    .addArgument(new Argument('[name]', 'which; default: all').choices([...policyNames]))
    .option('--mount <path>', 'a key-value engine, instead of every one of one segment (repeat it)', eachMount)
    .option('--kubernetes <path>', 'where the Kubernetes engine is mounted', mount)
    .option('--lend <role>', 'a role of it that may be lent to a human (repeat it)', eachRole)
    .option('--roles', 'print the roles each process logs in with, for Terraform')
    .addHelpText('after', policyHelp)
    .action((name: PolicyName | undefined, options: PolicyOptions) => {
      if (options.roles === true) return terminal.out(vaultRoles().trimEnd());
      const { mount: mounts, kubernetes, lend } = options;
      const places = {
        ...(mounts === undefined ? {} : { mounts }),
        ...(kubernetes === undefined ? {} : { kubernetes }),
        ...(lend === undefined ? {} : { lend }),
      };
      if (name !== undefined) return terminal.out(vaultPolicy(name, places).trimEnd());
      // One to a policy: together they would be a token that may everything of all.
      for (const each of policyNames) {
        terminal.out(`# ===== castellan-${each}.hcl =====\n${vaultPolicy(each, places)}`);
      }
    });
  return command;
}

function mount(value: string): string {
  const name = value.replace(/\/$/, '');
  if (isMount(name)) return name;
  throw new InvalidArgumentError('a mount like secret or team/secret');
}

function eachMount(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, mount(value)];
}

function eachRole(value: string, before: readonly string[] = []): readonly string[] {
  if (isRole(value)) return [...before, value];
  throw new InvalidArgumentError('the name of a role, like media-viewer');
}
