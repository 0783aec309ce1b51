import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { stackFile, terragruntFile } from '../../../test/lab/homelab/hcl.ts';
import { drawHomelab, type Stack } from '../../../test/lab/homelab/model.ts';
import { nameMaker } from '../../../test/lab/sample/names.ts';
import { parseHcl } from '../hcl/parse.ts';
import { folderOfCall, readModules } from '../origin/modules.ts';
import type { OriginSources } from '../origin/origins.ts';
import type { EditSources } from './port.ts';

/** Path → text. */
export type Files = Readonly<Record<string, string>>;

/** Every folder below `stacks/` is a stack; it is given its own files, the modules it uses, and `root.hcl`. */
export async function sourcesOf(files: Files, given: readonly string[] = []): Promise<EditSources> {
  const parsed = await Promise.all(
    Object.entries(files)
      .filter(([path]) => /\.(tf|hcl|tfvars)$/.test(path))
      .map(([path, text]) => parseHcl(path, text)),
  );
  const modules = readModules(parsed);
  const below = (folder: string, found = new Set<string>()): Set<string> => {
    if (found.has(folder)) return found;
    found.add(folder);
    for (const { node } of modules.get(folder)?.calls.values() ?? []) {
      const next = folderOfCall(node, folder);
      if (next !== undefined) below(next, found);
    }
    return found;
  };
  const stacks = new Map<string, OriginSources>();
  for (const stack of new Set(
    Object.keys(files)
      .map(posix.dirname)
      .filter((folder) => /^stacks\/[^/]+$/.test(folder)),
  )) {
    const folders = below(stack);
    const own = parsed.filter(({ path }) => folders.has(posix.dirname(path)) || path === 'root.hcl');
    stacks.set(stack, { stack, files: own, given: new Set(given), text: (path) => files[path] });
  }
  return { stacks, text: (path) => files[path], isHidden: () => false };
}

const folder = new URL('../../../test/lab/homelab/files/', import.meta.url);

export function sampleHomelab(): { readonly files: Files; readonly stacks: readonly Stack[] } {
  const draw = nameMaker();
  const stacks = drawHomelab(
    Array.from({ length: 20 }, () => draw()),
    draw,
  );
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = posix.join(entry.parentPath, entry.name).slice(folder.pathname.length);
    files[path] = readFileSync(new URL(path, folder), 'utf8');
  }
  for (const stack of stacks) {
    files[`stacks/${stack.name}/main.tf`] = stackFile(stack);
    files[`stacks/${stack.name}/terragrunt.hcl`] = terragruntFile(stack);
  }
  return { files, stacks };
}

/** Applies a unified diff, strictly: every line of it must be there, and every count right. */
export function applyDiff(files: Files, patch: string): Files {
  const result: Record<string, string> = { ...files };
  for (const part of patch.split(/^(?=diff --git )/m)) {
    const [, path] = /^\+\+\+ b\/(.*)$/m.exec(part) ?? [];
    const before = path === undefined ? undefined : files[path];
    if (path === undefined || before === undefined)
      throw new Error(`the diff changes a file that is not there: ${part}`);
    const old = before.split(/(?<=\n)/);
    const now: string[] = [];
    let at = 0;
    for (const hunk of part.split(/^(?=@@ )/m).slice(1)) {
      const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n/.exec(hunk);
      if (head === null) throw new Error(`no head of a hunk: ${hunk}`);
      const [from, removes, to, adds] = head.slice(1).map(Number) as [number, number, number, number];
      const body = hunk
        .slice(head[0].length)
        .replace(/\n\\ No newline at end of file\n/g, '\0')
        .split(/(?<=\n|\0)/);
      now.push(...old.slice(at, removes === 0 ? from : from - 1));
      at = removes === 0 ? from : from - 1;
      const started = [at, now.length];
      if (started[1] !== (adds === 0 ? to : to - 1)) throw new Error(`the hunk begins elsewhere: ${head[0]}`);
      for (const line of body) {
        const content = line.slice(1).replace(/\0$/, '');
        if (line.startsWith('+')) now.push(content);
        else {
          if (old[at] !== content)
            throw new Error(`line ${at + 1} of ${path} is ${JSON.stringify(old[at])}, not ${JSON.stringify(content)}`);
          if (line.startsWith(' ')) now.push(content);
          at += 1;
        }
      }
      if (at - (started[0] ?? 0) !== removes || now.length - (started[1] ?? 0) !== adds)
        throw new Error(`wrong counts: ${head[0]}`);
    }
    result[path] = [...now, ...old.slice(at)].join('');
  }
  return result;
}

/** What a diff puts in, without the white space around it. */
export function addedLines(patch: string): readonly string[] {
  return patch
    .split('\n')
    .filter((line) => /^\+(?!\+\+)/.test(line))
    .map((line) => line.slice(1).trim());
}
