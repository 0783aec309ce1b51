import picomatch from 'picomatch';
import type { SourceTree } from '../repository.ts';
import { folderOf, isIn, nameOf } from './folder.ts';
import type { StackGraph, StackNode } from './graph.ts';
import { moduleCalls, modulesFrom } from './modules.ts';
import { readTerragrunt, type TerragruntSays } from './terragrunt.ts';

export interface StackOptions {
  /** Globs of folders: `stacks/*`. A folder is a stack if it holds terragrunt.hcl or Terraform files. */
  readonly stacks: readonly string[];
  /** Globs of folders that are modules, and never stacks: `modules/*`, `stacks/*` + `/modules/*`. */
  readonly modules: readonly string[];
}

/** Reads the stacks of a tree. What cannot be understood is among the graph's problems: nothing is thrown for it. */
export async function readStackGraph({ files }: SourceTree, options: StackOptions): Promise<StackGraph> {
  const problems = new Map<string, StackGraph['problems'][number]>();
  const report = (file: string, line: number, message: string): void => {
    problems.set(`${file}:${line}:${message}`, { file, line, message });
  };
  const byFolder = Map.groupBy(files, ([path]) => folderOf(path));
  const filesIn = (folder: string) => byFolder.get(folder) ?? [];
  const callsOf = moduleCalls(filesIn, report);
  const paths = stackFolders(byFolder, options);
  const known = new Set(paths);
  const reading = { files, folders: new Set(byFolder.keys()), report };

  const said = await Promise.all(paths.map((path) => readTerragrunt(path, reading)));
  const stacks = new Map<string, StackNode>();
  for (const [index, path] of paths.entries()) {
    const { includes, dependsOn, sources } = said[index] ?? { includes: [], dependsOn: [], sources: [] };
    const elsewhere = sources.filter((source) => source.path !== path);
    for (const source of elsewhere) {
      if (filesIn(source.path).length === 0)
        report(source.file, source.line, 'the folder of this source does not exist');
    }
    for (const { path: target, file, line } of dependsOn) {
      if (!known.has(target)) report(file, line, `${target === '' ? 'the root' : target} is no stack`);
    }
    const own = elsewhere.map((source) => source.path);
    stacks.set(path, {
      path,
      includes,
      dependsOn: [...new Set(dependsOn.map((each) => each.path))].filter((each) => known.has(each)).sort(),
      modules: [...new Set([...own, ...(await modulesFrom([path, ...own], callsOf, report))])].sort(),
      files: filesIn(path)
        .map(([file]) => file)
        .filter(isReadByTerraform)
        .sort(),
    });
  }
  reportCycles(said, stacks, report);
  return graphOf(stacks, [...problems.values()]);
}

function stackFolders(
  byFolder: ReadonlyMap<string, readonly (readonly [string, string])[]>,
  options: StackOptions,
): readonly string[] {
  const isStack = picomatch([...options.stacks]);
  const isModule = options.modules.length === 0 ? () => false : picomatch([...options.modules]);
  return [...byFolder]
    .filter(([folder, inside]) => isStack(folder) && !isModule(folder) && inside.some(([path]) => makesStack(path)))
    .map(([folder]) => folder)
    .sort();
}

function makesStack(path: string): boolean {
  return nameOf(path) === 'terragrunt.hcl' || /\.(tf|tofu)(\.json)?$/.test(path);
}

function isReadByTerraform(path: string): boolean {
  return makesStack(path) || /\.tfvars(\.json)?$/.test(path) || nameOf(path) === '.terraform.lock.hcl';
}

/** Each dependency that leads back to where it comes from. */
function reportCycles(
  said: readonly TerragruntSays[],
  stacks: ReadonlyMap<string, StackNode>,
  report: (file: string, line: number, message: string) => void,
): void {
  for (const [index, stack] of [...stacks.keys()].entries()) {
    for (const { path, file, line } of said[index]?.dependsOn ?? []) {
      const back = path === stack || reach([path], (each) => stacks.get(each)?.dependsOn ?? []).has(stack);
      if (back) report(file, line, `${stack} depends on itself, through ${path}`);
    }
  }
}

function graphOf(stacks: ReadonlyMap<string, StackNode>, problems: StackGraph['problems']): StackGraph {
  const dependants = new Map<string, string[]>();
  for (const { path, dependsOn } of stacks.values()) {
    for (const needed of dependsOn) dependants.set(needed, [...(dependants.get(needed) ?? []), path]);
  }
  return {
    stacks,
    problems,
    dependantsOf: (stack) => {
      const found = reach([stack], (each) => dependants.get(each) ?? []);
      return [...found].filter((each) => each !== stack).sort();
    },
    stacksUsing: (paths) =>
      [...stacks.values()]
        .filter(({ path, includes, modules }) =>
          paths.some((file) => includes.includes(file) || [path, ...modules].some((folder) => isIn(folder, file))),
        )
        .map(({ path }) => path)
        .sort(),
    find: (name) => {
      const wanted = name.replace(/\/+$/, '');
      if (stacks.has(wanted)) return wanted;
      const [found, ...more] = [...stacks.keys()].filter((path) => path.endsWith(`/${wanted}`));
      return more.length === 0 ? found : undefined;
    },
  };
}

/** Everything reached from `starts`, which are in it only if something leads back to them. */
function reach(starts: readonly string[], next: (from: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...starts];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    for (const each of next(from)) {
      if (found.has(each)) continue;
      found.add(each);
      waiting.push(each);
    }
  }
  return found;
}
