import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bind } from '../sandbox/port.ts';
import { unusable } from './errors.ts';

/** What a run is given to read: its programs, its providers, and files that tell the engine where things are. */

export const inside = {
  tree: '/work',
  plan: '/plan',
  programs: '/castellan/bin',
  providers: '/castellan/providers',
  given: '/castellan/given',
} as const;

export const cliConfigName = 'terraform.rc';
export const kubeconfigName = 'kubeconfig';

export interface Providers {
  readonly binds: readonly Bind[];
  /** `registry.opentofu.org/gavinbunney/kubectl` */
  readonly addresses: readonly string[];
}

/**
 * The providers of a filesystem mirror that may be used: `<host>/<namespace>/<name>/<version>/<platform>/…`, or packed
 * archives one level up. Each file is shown by itself, from where it really is, so that nothing else of the mirror is there
 * at all. `allowed` names them with or without a host. Errors: `profile-unusable`.
 */
export async function allowedProviders(mirror: string, allowed: readonly string[]): Promise<Providers> {
  const binds: Bind[] = [];
  const addresses: string[] = [];
  for (const host of await foldersOf(mirror)) {
    for (const namespace of await foldersOf(join(mirror, host))) {
      for (const name of await foldersOf(join(mirror, host, namespace))) {
        if (!allowed.includes(`${namespace}/${name}`) && !allowed.includes(`${host}/${namespace}/${name}`)) continue;
        const address = `${host}/${namespace}/${name}`;
        addresses.push(address);
        await collect(join(mirror, address), `${inside.providers}/${address}`, binds);
      }
    }
  }
  return { binds, addresses };
}

const mostFiles = 500;

async function collect(from: string, to: string, binds: Bind[], depth = 0): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = join(from, entry.name);
    if (entry.isDirectory()) {
      if (depth < 4) await collect(path, `${to}/${entry.name}`, binds, depth + 1);
    } else binds.push({ from: await realpath(path), to: `${to}/${entry.name}`, writable: false });
    if (binds.length > mostFiles)
      throw unusable(`the provider mirror holds more than ${mostFiles} files`, 'remove old versions');
  }
}

async function foldersOf(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    throw unusable('the provider mirror of the profile cannot be read', 'correct providerMirror in keep.yaml', cause);
  }
}

/** No registry, no override, no cache: a provider that is not listed here does not exist. */
export function cliConfig(addresses: readonly string[]): string {
  return [
    'disable_checkpoint = true',
    'provider_installation {',
    '  filesystem_mirror {',
    `    path    = ${JSON.stringify(inside.providers)}`,
    `    include = ${JSON.stringify(addresses)}`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** A kubeconfig without any credential: the proxy has it. */
export function kubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'plan',
    contexts: [{ name: 'plan', context: { cluster: 'plan', user: 'plan' } }],
    clusters: [{ name: 'plan', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'plan', user: {} }],
  });
}

/** A program of the machine, at a name of its own inside. Errors: `profile-unusable`. */
export async function programBind(path: string, name: string): Promise<Bind> {
  try {
    return { from: await realpath(path), to: `${inside.programs}/${name}`, writable: false };
  } catch (cause) {
    throw unusable(
      `the program ${name} of the profile is not there`,
      'correct the runner of the profile in keep.yaml',
      cause,
    );
  }
}
