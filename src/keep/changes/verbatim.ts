import { parseHcl } from '../../iac/hcl/parse.ts';
import type { HclBlock, HclFile, HclRange } from '../../iac/hcl/syntax.ts';
import { textAttribute } from '../../iac/hcl/walk.ts';
import { CastellanError } from '../../kit/index.ts';
import type { ChangePage } from '../console/page.ts';
import type { Tree } from '../runs/parts.ts';

/**
 * What an apply would execute and fetch, as the source says it: text of the proposed tree, never a value of the plan. Where the
 * source of something cannot be found, that is what is shown: nothing that runs is left out in silence.
 */
export interface Verbatim {
  readonly executes: ChangePage['executes'];
  /** Modules that come from elsewhere. */
  readonly fetches: readonly string[];
}

const mostScripts = 20;
const mostLines = 400;

export async function verbatimOf(tree: Tree, stack: string, executes: readonly string[]): Promise<Verbatim> {
  const files = await hclOf(tree, stack);
  const found = files.flatMap((file) => runningBlocks(file).map((block) => ({ ...block, file })));
  const shown = found.filter(({ name }) => executes.some((line) => line.includes(name)));
  const scripts = new Map<string, string>();
  for (const { file, range } of shown) {
    for (const path of scriptsNamed(textOf(tree, file.path, range), file.path, stack, tree)) {
      if (scripts.size < mostScripts) scripts.set(path, tree.source.files.get(path) ?? '');
    }
  }
  const unfound = executes.filter((line) => !shown.some(({ name }) => line.includes(name)));
  return {
    executes: [
      ...shown.map(({ what, file, range }) => ({
        what: `${what} (${file.path}:${range.line})`,
        text: bounded(textOf(tree, file.path, range)),
      })),
      ...[...scripts].map(([path, text]) => ({ what: `the file ${path}, which they name`, text: bounded(text) })),
      ...unfound.map((line) => ({
        what: line,
        text: 'its source could not be read: look at the diff and the repository',
      })),
    ],
    fetches: files.flatMap(remoteModules),
  };
}

interface Running {
  readonly what: string;
  /** `null_resource.migrate`, `action.aws_lambda_invoke.x`: stands in the summary's line. */
  readonly name: string;
  readonly range: HclRange;
}

function runningBlocks({ body }: HclFile): readonly Running[] {
  return body.blocks.flatMap((block): readonly Running[] => {
    const name = block.labels.join('.');
    if (block.type === 'action') return [{ what: `action ${name}`, name, range: block.range }];
    if (block.type !== 'resource') return [];
    return block.body.blocks
      .filter(({ type }) => type === 'provisioner')
      .map(({ labels, range }) => ({ what: `provisioner ${labels.join(' ')} of ${name}`, name, range }));
  });
}

function remoteModules({ path, body }: HclFile): readonly string[] {
  return body.blocks
    .filter(({ type }: HclBlock) => type === 'module')
    .flatMap(({ labels, body: inner, range }) => {
      const source = textAttribute(inner, 'source');
      if (source !== undefined && /^\.{1,2}\//.test(source)) return [];
      return [`module ${labels.join('.')} (${path}:${range.line}) from ${source ?? 'what is computed'}`];
    });
}

async function hclOf(tree: Tree, stack: string): Promise<readonly HclFile[]> {
  const folders = new Set([stack, ...(tree.graph.stacks.get(stack)?.modules ?? [])]);
  const wanted = [...tree.source.files].filter(
    ([path]) => /\.(tf|tofu)$/.test(path) && folders.has(path.slice(0, Math.max(0, path.lastIndexOf('/')))),
  );
  const files = await Promise.all(
    wanted.map(async ([path, text]) => {
      try {
        return [await parseHcl(path, text)];
      } catch (error) {
        // What runs from a file that cannot be read is told as not found.
        if (error instanceof CastellanError) return [];
        throw error;
      }
    }),
  );
  return files.flat();
}

function textOf(tree: Tree, path: string, { line, endLine }: HclRange): string {
  const lines = (tree.source.files.get(path) ?? '').split('\n');
  return lines.slice(line - 1, endLine).join('\n');
}

/** Words that are paths of files in the tree: from where they stand, from the stack, or from the root. */
function scriptsNamed(text: string, file: string, stack: string, tree: Tree): readonly string[] {
  const words = new Set(text.match(/[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*/g) ?? []);
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  return [...words].flatMap((word) =>
    [`${folder}/${word}`, `${stack}/${word}`, word]
      .map(withoutDots)
      .filter((path, at, all) => tree.source.files.has(path) && all.indexOf(path) === at),
  );
}

function withoutDots(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function bounded(text: string): string {
  const lines = text.split('\n');
  const left = lines.length - mostLines;
  return left <= 0 ? text : [...lines.slice(0, mostLines), `… ${left} more lines`].join('\n');
}
