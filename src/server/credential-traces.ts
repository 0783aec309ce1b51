import { existsSync, lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile, systemCode } from '../config/small-file.ts';

/**
 * Credentials within reach of whoever can read a home: files in the usual places, and variables that shells were told. Told by
 * place and name; no value of any of them is kept or shown.
 */
interface Trace {
  readonly path: string;
  readonly what: string;
}

const usual: readonly Trace[] = [
  { path: '.kube/config', what: 'a kubeconfig' },
  { path: '.vault-token', what: 'a Vault token' },
  { path: '.terraform.d/credentials.tfrc.json', what: 'Terraform credentials' },
  { path: '.config/sops/age/keys.txt', what: 'SOPS age keys' },
  { path: '.aws/credentials', what: 'AWS credentials' },
  { path: '.config/gcloud/application_default_credentials.json', what: 'Google Cloud credentials' },
  { path: '.pgpass', what: 'Postgres passwords' },
];

/** Absolute paths of those that are there. */
export function credentialFiles(home: string): readonly Trace[] {
  return usual.map(({ path, what }) => ({ path: join(home, path), what })).filter(({ path }) => existsSync(path));
}

const names =
  'VAULT_TOKEN|TF_TOKEN_\\w{1,80}|PG_CONN_STR|PGPASSWORD|AWS_SECRET_ACCESS_KEY|SOPS_AGE_KEY|GITHUB_TOKEN|GH_TOKEN|' +
  'GITLAB_TOKEN|CLOUDFLARE_API_TOKEN|PROXMOX_VE_API_TOKEN|PROXMOX_VE_PASSWORD|TF_VAR_\\w{0,60}(?:token|secret|password)';
const whole = new RegExp(`^(?:${names})$`);
const assigned = new RegExp(`\\b(${names})=(?=[^\\s;&|])`, 'g');

export function isCredentialVariable(name: string): boolean {
  return whole.test(name);
}

const shellFiles = [
  '.bash_history',
  '.zsh_history',
  '.local/share/fish/fish_history',
  '.bashrc',
  '.bash_profile',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.config/fish/config.fish',
  '.envrc',
  '.env',
  '.pam_environment',
] as const;

/** Histories grow; the newest lines are at the end, but whole ones of this size are read. */
const most = 8 * 1024 * 1024;

export interface Mention {
  readonly path: string;
  /** Names of variables that are set in it. */
  readonly names: readonly string[];
  /** Which of the values that were asked for stand in it. */
  readonly values: readonly string[];
}

/** Shell histories and start files that set such a variable, or hold one of the given values (by its label). */
export function shellMentions(home: string, values: ReadonlyMap<string, string> = new Map()): readonly Mention[] {
  return shellFiles.flatMap((file) => {
    const path = join(home, file);
    const text = readText(path);
    if (text === undefined) return [];
    const set = [...new Set([...text.matchAll(assigned)].map(([, name = '']) => name))].sort();
    const held = [...values].filter(([, value]) => value.length >= 12 && text.includes(value)).map(([label]) => label);
    return set.length === 0 && held.length === 0 ? [] : [{ path, names: set, values: held }];
  });
}

/** Undefined when there is none, or it is not a file of this home: a link may lead anywhere. */
function readText(path: string): string | undefined {
  try {
    const stats: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? readSmallFile(path, most).text : undefined;
  } catch (error) {
    // Not text, or not ours to read: an agent of this user can read no more of it than this.
    if (error instanceof TypeError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}
