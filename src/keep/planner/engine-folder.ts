import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { z } from 'zod';
import { plannerError, unusable } from './errors.ts';
import { inside } from './given.ts';
import { isPlainFolder, readPlain } from './in-clone.ts';
import { parseQuietly } from './quiet-json.ts';

/**
 * The folder in which the engine was initialised: the stack's, or where Terragrunt copied it,
 * `<stack>/.terragrunt-cache/<hash>/<hash>/…`. The plain engine works only there.
 */

const data = '.terraform';
const cache = '.terragrunt-cache';
const copyList = '.terragrunt-module-manifest';
const mostFolders = 50_000;

/** Neither may come with the tree: providers and backends could be put there. Errors: `profile-unusable`. */
export async function assertUninitialised(clone: string, stack: string): Promise<void> {
  if (!(await isPlainFolder(clone, stack))) {
    throw unusable(`${stack} is not a folder of the tree`, 'name a stack of the tree; a link is none');
  }
  const names = await readdir(join(clone, stack));
  const brought = names.find((name) => name === data || name === cache || name === 'terraform.tfstate.d');
  if (brought === undefined) return;
  throw unusable(
    `the tree brings ${stack}/${brought} with it`,
    'remove it from the repository and add it to .gitignore',
  );
}

/**
 * Relative to the clone; undefined when it cannot be told: links, or more than one. An engine that needs neither backend nor
 * provider leaves nothing behind, and Terragrunt only the list of what it copied.
 */
export async function findEngineFolder(clone: string, stack: string): Promise<string | undefined> {
  const here = await readdir(join(clone, stack), { withFileTypes: true });
  const made = here.filter(({ name }) => name === data || name === cache);
  if (made.some((entry) => !entry.isDirectory())) return undefined;
  if (!made.some(({ name }) => name === cache) || made.some(({ name }) => name === data)) return stack;
  const initialised: string[] = [];
  const copied: string[] = [];
  const todo = [posix.join(stack, cache)];
  let seen = 0;
  for (let folder = todo.pop(); folder !== undefined; folder = todo.pop()) {
    seen += 1;
    if (seen > mostFolders) return undefined;
    for (const entry of await readdir(join(clone, folder), { withFileTypes: true })) {
      if (entry.name === data) initialised.push(entry.isDirectory() ? folder : '');
      else if (entry.name === copyList) copied.push(folder);
      else if (entry.isDirectory()) todo.push(posix.join(folder, entry.name));
    }
  }
  const found = initialised.length > 0 ? initialised : copied;
  return found.length === 1 && found[0] !== '' ? found[0] : undefined;
}

/** A path the engine names, as a path of the repository: a copy's file is the file it was copied from. */
export function repositoryPath(engineFolder: string, stack: string, name: string): string {
  const root = `${inside.tree}/`;
  const path = name.startsWith(root) ? posix.normalize(name.slice(root.length)) : posix.join(engineFolder, name);
  const copy = /^(.*\/)?\.terragrunt-cache\/[^/]+\/[^/]+(?=\/|$)/.exec(engineFolder)?.[0];
  if (copy === undefined || !path.startsWith(`${copy}/`)) return path;
  const rest = path.slice(copy.length + 1);
  // With `source = "…//stacks/mail"` the copy is of the whole repository, otherwise of the stack alone.
  return engineFolder === `${copy}/${stack}` ? rest : posix.join(stack, rest);
}

const backendShape = z.object({
  backend: z.object({ type: z.string(), config: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
const credential = /pass|secret|token|credential|conn_str|access_key|private_key|sas|api_key|ssh_key/i;
/** Where something is, or what it is called: `secret_suffix`, `oidc_token_file_path`. */
const place = /_(files?|path|suffix|endpoint|url|uri|id)$/i;

/**
 * What init wrote down about the backend goes into every plan: it holds what the tree says, generated blocks included, and
 * nothing of the environment. Errors: `backend-credential`.
 */
export async function assertNoBackendCredential(clone: string, engineFolder: string): Promise<void> {
  const bytes = await readPlain(clone, posix.join(engineFolder, data, 'terraform.tfstate'), 1_000_000);
  if (bytes === undefined) return;
  const read = backendShape.safeParse(parseQuietly(bytes.toString('utf8'))).data;
  if (read === undefined) {
    throw unusable('what init wrote about the backend cannot be read', 'check the backend block of the stack');
  }
  const { backend } = read;
  const literal = [...leavesOf(backend?.config ?? {})].find(
    ([name, value]) =>
      value !== '' &&
      ((credential.test(name) && !place.test(name)) || /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*:[^/\s]*@/i.test(value)),
  );
  if (literal === undefined) return;
  throw plannerError('backend-credential', {
    message: `${literal[0]} of the ${backend?.type} backend is written into the tree: every plan would hold it`,
    next: 'take it out of the backend block and give it by the environment; for pg that is PG_CONN_STR, which the planner sets',
  });
}

function* leavesOf(value: unknown, name = ''): Generator<readonly [name: string, value: string]> {
  if (typeof value === 'string') yield [name, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, Array.isArray(value) ? name : key);
  }
}
