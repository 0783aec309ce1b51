import type { HclFile } from '../hcl/syntax.ts';
import { literalOf } from '../hcl/walk.ts';
import { resolveIn } from './folder.ts';
import { type Report, readOrReport } from './terragrunt.ts';

/** One `module` block that names a folder of the repository. */
export interface ModuleCall {
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

/** The module calls of each folder, read once however many stacks use it. */
export function moduleCalls(
  filesIn: (folder: string) => readonly (readonly [path: string, text: string])[],
  report: Report,
): (folder: string) => Promise<readonly ModuleCall[]> {
  const known = new Map<string, Promise<readonly ModuleCall[]>>();
  const read = async (folder: string): Promise<readonly ModuleCall[]> => {
    const sources = filesIn(folder).filter(([path]) => path.endsWith('.tf'));
    const parsed = await Promise.all(sources.map(([path, text]) => readOrReport(path, text, report)));
    return parsed.filter((file) => file !== undefined).flatMap((file) => callsIn(folder, file, filesIn, report));
  };
  return (folder) => {
    const calls = known.get(folder) ?? read(folder);
    known.set(folder, calls);
    return calls;
  };
}

function callsIn(
  folder: string,
  { path: file, body }: HclFile,
  filesIn: (folder: string) => readonly unknown[],
  report: Report,
): readonly ModuleCall[] {
  return body.blocks.flatMap((block) => {
    if (block.type !== 'module') return [];
    const source = block.body.attributes.find(({ name }) => name === 'source');
    const { line } = (source ?? block).range;
    const text = source === undefined ? undefined : literalOf(source.value)?.value;
    if (typeof text !== 'string') {
      report(file, line, 'which module this is cannot be told: its source is computed');
      return [];
    }
    // Registries and remote repositories are no part of this one.
    if (!/^\.\.?(\/|$)/.test(text)) return [];
    const path = resolveIn(folder, text);
    if (path !== undefined && filesIn(path).length > 0) return [{ path, file, line }];
    report(file, line, 'the folder of this module does not exist');
    return [];
  });
}

/** Every folder reached from these, each once: a cycle is reported by its closing call, and not followed. */
export async function modulesFrom(
  starts: readonly string[],
  callsOf: (folder: string) => Promise<readonly ModuleCall[]>,
  report: Report,
): Promise<readonly string[]> {
  const done = new Set<string>();
  const visit = async (folder: string, above: ReadonlySet<string>): Promise<void> => {
    const inside = new Set([...above, folder]);
    for (const { path, file, line } of await callsOf(folder)) {
      if (inside.has(path)) report(file, line, 'this module contains itself');
      else if (!done.has(path)) {
        done.add(path);
        await visit(path, inside);
      }
    }
  };
  for (const start of starts) await visit(start, new Set());
  return [...done].sort();
}
