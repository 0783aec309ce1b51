import { parseHcl } from '../hcl/parse.ts';
import type { HclAttribute, HclBody, HclExpression, HclFile } from '../hcl/syntax.ts';
import { callsOf, expressionsIn } from '../hcl/walk.ts';
import { folderOf } from './folder.ts';
import { type PathContext, pathIn } from './terragrunt-path.ts';

/** What a stack's terragrunt.hcl and its includes say about other folders. */
export interface TerragruntSays {
  readonly includes: readonly string[];
  readonly dependsOn: readonly { readonly path: string; readonly file: string; readonly line: number }[];
  /** Folders of `terraform.source`. */
  readonly sources: readonly { readonly path: string; readonly file: string; readonly line: number }[];
}

export type Report = (file: string, line: number, message: string) => void;

interface Reading {
  readonly files: ReadonlyMap<string, string>;
  readonly folders: ReadonlySet<string>;
  readonly report: Report;
}

export async function readTerragrunt(stack: string, reading: Reading): Promise<TerragruntSays> {
  const file = `${stack}/terragrunt.hcl`;
  const own = await read(file, reading);
  if (own === undefined) return { includes: [], dependsOn: [], sources: [] };
  const context = contextOf(stack, own, reading);
  const includes = new Set([...includesOf(context, own, reading), ...configsOf(context, own, reading)]);
  const parents = await Promise.all([...includes].map((path) => read(path, reading)));
  const all = [own, ...parents.filter((parent) => parent !== undefined)];
  return {
    includes: [...includes].sort(),
    dependsOn: all.flatMap((each) => dependenciesOf(contextOf(stack, each, reading), each, reading)),
    sources: all.flatMap((each) => sourceOf(contextOf(stack, each, reading), each, reading)),
  };
}

async function read(path: string, { files, report }: Reading): Promise<HclFile | undefined> {
  const text = files.get(path);
  return text === undefined ? undefined : readOrReport(path, text, report);
}

/** A file that cannot be read is a problem of the graph, and hides nothing else of it. */
export async function readOrReport(path: string, text: string, report: Report): Promise<HclFile | undefined> {
  try {
    return await parseHcl(path, text);
  } catch (error) {
    // The message begins with the place; whatever it is, the graph is incomplete there.
    const message = error instanceof Error ? error.message : 'it could not be read';
    const [, line] = /^[^\n]*?:(\d+): /.exec(message) ?? [];
    report(path, Number(line ?? 1), message);
    return undefined;
  }
}

function contextOf(stack: string, { path, body }: HclFile, { files, folders }: Reading): PathContext {
  return { stack, folder: folderOf(path), body, exists: (candidate) => files.has(candidate) || folders.has(candidate) };
}

function includesOf(context: PathContext, file: HclFile, { files, report }: Reading): readonly string[] {
  return blocksOf(file.body, 'include').flatMap(({ body, range }) => {
    const path = attributeOf(body, 'path');
    const found = path === undefined ? undefined : pathIn(context, path.value);
    if (found !== undefined && files.has(found)) return [found];
    report(
      file.path,
      (path ?? { range }).range.line,
      'where this include lies cannot be told without running Terragrunt',
    );
    return [];
  });
}

/** `read_terragrunt_config("../common.hcl")`: its text takes part as an include’s does. */
function configsOf(context: PathContext, file: HclFile, { files, report }: Reading): readonly string[] {
  const found: string[] = [];
  for (const { attribute } of expressionsIn(file.body)) {
    for (const call of callsOf(attribute.value, new Set(['read_terragrunt_config']))) {
      const [first] = call.arguments;
      const path = first === undefined ? undefined : pathIn(context, first);
      if (path !== undefined && files.has(path)) found.push(path);
      else report(file.path, call.range.line, 'which file this reads cannot be told without running Terragrunt');
    }
  }
  return found;
}

function dependenciesOf(context: PathContext, file: HclFile, { report }: Reading): TerragruntSays['dependsOn'] {
  const single = blocksOf(file.body, 'dependency').map(({ body, range }) => {
    const path = attributeOf(body, 'config_path');
    return { expression: path?.value, line: (path ?? { range }).range.line };
  });
  const listed = blocksOf(file.body, 'dependencies').flatMap(({ body, range }) => {
    const paths = attributeOf(body, 'paths')?.value;
    if (paths?.kind !== 'tuple') return [{ expression: paths, line: range.line }];
    return paths.items.map((item): { expression: HclExpression | undefined; line: number } => ({
      expression: item,
      line: item.range.line,
    }));
  });
  return [...single, ...listed].flatMap(({ expression, line }) => {
    const path = expression === undefined ? undefined : pathIn(context, expression);
    if (path !== undefined) return [{ path, file: file.path, line }];
    report(file.path, line, 'which stack this depends on cannot be told without running Terragrunt');
    return [];
  });
}

function sourceOf(context: PathContext, file: HclFile, { report }: Reading): TerragruntSays['sources'] {
  return blocksOf(file.body, 'terraform').flatMap(({ body }) => {
    const source = attributeOf(body, 'source');
    if (source === undefined) return [];
    const path = pathIn(context, source.value);
    const { line } = source.range;
    if (path !== undefined) return [{ path, file: file.path, line }];
    report(file.path, line, 'which folder this source names cannot be told without running Terragrunt');
    return [];
  });
}

function blocksOf(body: HclBody, type: string): HclBody['blocks'] {
  return body.blocks.filter((block) => block.type === type);
}

function attributeOf(body: HclBody, name: string): HclAttribute | undefined {
  return body.attributes.find((attribute) => attribute.name === name);
}
