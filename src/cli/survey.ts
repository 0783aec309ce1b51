import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { userHome } from '../config/index.ts';

/** What `castellan init` finds on this machine. It reads names and places only; no credential is looked at. */
export interface Survey {
  readonly kubernetes: FoundKubeconfig | undefined;
  /** Without user and password. */
  readonly vault: string | undefined;
  readonly prometheus: string | undefined;
  /** The folder of root.hcl or of the topmost terragrunt.hcl. */
  readonly terragrunt: string | undefined;
}

export interface FoundKubeconfig {
  readonly file: string;
  readonly current: string | undefined;
  readonly contexts: readonly string[];
}

export function survey(environment: Readonly<Record<string, string | undefined>>, cwd: string): Survey {
  return {
    kubernetes: findKubeconfig(environment, cwd),
    vault: addressOf(environment['VAULT_ADDR']),
    prometheus: addressOf(environment['PROMETHEUS_URL']),
    terragrunt: findTerragruntRoot(cwd),
  };
}

const kubeconfigShape = z.object({
  'current-context': z.string().optional().catch(undefined),
  contexts: z.array(z.object({ name: z.string().min(1).max(253) })).default([]),
});
const largestKubeconfig = 4_194_304;

function findKubeconfig(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): FoundKubeconfig | undefined {
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const places =
    named.length > 0 ? named.map((path) => resolve(cwd, path)) : [join(userHome(environment), '.kube', 'config')];
  return places.map(readKubeconfig).find((found) => found !== undefined);
}

function readKubeconfig(file: string): FoundKubeconfig | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > largestKubeconfig) return undefined;
    const { contexts, 'current-context': current } = kubeconfigShape.parse(parse(readFileSync(file, 'utf8')));
    const names = contexts.map(({ name }) => name);
    return names.length === 0 ? undefined : { file, current: names.find((name) => name === current), contexts: names };
  } catch {
    // What cannot be read or understood is not found: init proposes, and the operator may name it by hand.
    return undefined;
  }
}

function addressOf(text: string | undefined): string | undefined {
  const url = URL.parse(text ?? '');
  return url === null || !/^https?:$/.test(url.protocol)
    ? undefined
    : `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}

const marks = ['root.hcl', 'terragrunt.hcl'] as const;
const levelsUp = 20;
const levelsDown = 3;
const mostFolders = 2000;

/** The nearest root.hcl above, else the topmost terragrunt.hcl above, else the first found below: bounded, links not followed. */
export function findTerragruntRoot(cwd: string): string | undefined {
  const above = foldersAbove(cwd);
  const [root, unit] = marks;
  return (
    above.find((folder) => holds(folder, root)) ?? above.findLast((folder) => holds(folder, unit)) ?? firstBelow(cwd)
  );
}

function foldersAbove(start: string): readonly string[] {
  const folders = [start];
  for (let folder = start; folders.length <= levelsUp && dirname(folder) !== folder; ) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}

function firstBelow(start: string): string | undefined {
  let level: readonly string[] = [start];
  let seen = 0;
  for (let depth = 0; depth < levelsDown; depth += 1) {
    level = level.flatMap((folder) => (seen > mostFolders ? [] : foldersIn(folder))).slice(0, mostFolders);
    seen += level.length;
    const found = marks.map((mark) => level.find((folder) => holds(folder, mark))).find((one) => one !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map(({ name }) => join(folder, name))
      .sort();
  } catch {
    // A folder that may not be read holds nothing init could propose.
    return [];
  }
}

function holds(folder: string, name: string): boolean {
  try {
    return lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // A folder that may not be entered holds nothing init could propose.
    return false;
  }
}
