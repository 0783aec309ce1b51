import { parseHcl } from '../../iac/hcl/parse.ts';
import type { HclFile } from '../../iac/hcl/syntax.ts';
import { CastellanError } from '../../kit/index.ts';
import { folderOf, isJsonSource, isSource, isTerragrunt, isVariables, relativeFolder } from './folders.ts';
import { attributeOf, literalOf, type ModuleSource, moduleSource } from './module-source.ts';
import { Unjudgeable } from './problem.ts';

/** One side of what is compared, parsed as far as it matters: the stack, the folders that changed, and the modules of both. */
export interface Tree {
  readonly side: 'base' | 'proposed';
  readonly texts: ReadonlyMap<string, string>;
  readonly modules: ReadonlyMap<string, ModuleSource>;
  /** Changed files of Terragrunt. */
  readonly terragrunt: readonly HclFile[];
  /** All files that set variables. */
  readonly variables: readonly HclFile[];
  readonly jsonSources: readonly string[];
  /** What could not be parsed. */
  readonly problems: readonly Unjudgeable[];
}

const limits = { files: 3_000, bytes: 24_000_000 } as const;

type Parse = (path: string, text: string) => Promise<HclFile | Unjudgeable>;

/** Remembers what it parsed: most files are the same on both sides. */
export function rememberingParser(): Parse {
  const known = new Map<string, HclFile | Unjudgeable>();
  const used = { files: 0, bytes: 0 };
  return async (path, text) => {
    const key = `${path}\n${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    used.files += 1;
    used.bytes += text.length;
    if (used.files > limits.files || used.bytes > limits.bytes) {
      throw new Unjudgeable('scan-too-large', 'there is more source than the scan reads: propose less at a time');
    }
    const parsed = await parse(path, text);
    known.set(key, parsed);
    return parsed;
  };
}

async function parse(path: string, text: string): Promise<HclFile | Unjudgeable> {
  try {
    return await parseHcl(path, text);
  } catch (error) {
    // Whatever stops the parser, the file cannot be judged; only our own errors have words that may be shown.
    const said = error instanceof CastellanError ? error.message : `${path}: the parser gave up`;
    const line = /:(\d+): /.exec(said)?.[1];
    return new Unjudgeable('scan-invalid-hcl', `it cannot be read, and what cannot be read cannot be judged: ${said}`, {
      file: path,
      ...(line === undefined ? {} : { line: Number(line) }),
    });
  }
}

interface Reading {
  readonly side: Tree['side'];
  readonly texts: ReadonlyMap<string, string>;
  /** Folders to begin with. */
  readonly folders: readonly string[];
  readonly differing: ReadonlySet<string>;
}

export async function readTree({ side, texts, folders, differing }: Reading, parseFile: Parse): Promise<Tree> {
  const problems: Unjudgeable[] = [];
  const read = async (paths: readonly string[]): Promise<HclFile[]> => {
    const files: HclFile[] = [];
    for (const path of paths) {
      const file = await parseFile(path, texts.get(path) ?? '');
      if (file instanceof Unjudgeable) problems.push(file);
      else files.push(file);
    }
    return files;
  };
  const paths = [...texts.keys()].sort();
  const byFolder = Map.groupBy(paths, folderOf);
  const modules = new Map<string, ModuleSource>();
  const jsonSources: string[] = [];
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (modules.has(folder)) continue;
    const inFolder = byFolder.get(folder) ?? [];
    jsonSources.push(...inFolder.filter(isJsonSource));
    const module = moduleSource(folder, await read(inFolder.filter(isSource)));
    modules.set(folder, module);
    waiting.push(...[...module.calls.values()].flat().flatMap(({ block }) => moduleFolder(folder, block) ?? []));
  }
  const terragrunt = await read(paths.filter((path) => isTerragrunt(path) && differing.has(path)));
  const variables: HclFile[] = [];
  for (const path of paths.filter((each) => isVariables(each) && !each.endsWith('.json'))) {
    const file = await parseFile(path, texts.get(path) ?? '');
    if (!(file instanceof Unjudgeable)) variables.push(file);
    // One that is the same on both sides sets nothing anew, whatever it says.
    else if (differing.has(path)) problems.push(file);
  }
  return { side, texts, modules, terragrunt, variables, jsonSources, problems };
}

/** Where a call's literal, relative source leads. */
export function moduleFolder(from: string, call: Parameters<typeof attributeOf>[0]): string | undefined {
  const source = literalOf(attributeOf(call, 'source')?.value);
  return typeof source === 'string' ? relativeFolder(from, source) : undefined;
}
