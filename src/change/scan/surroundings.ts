import { isData, isTerragrunt } from './folders.ts';
import { createWriter, digestOf } from './meaning.ts';
import { type Surroundings, sensitiveNames } from './meanings.ts';
import { possibleTexts, repositoryPath } from './possible-text.ts';
import type { Tree } from './tree.ts';

/** `file`, `fileset`, `filebase64sha256`, `templatefile`, …; also as `core::file`. */
export function isFileFunction(name: string): boolean {
  return /^(core::)?(file(?!.*::)\w*|templatefile)$/.test(name);
}

/** In a file of Terragrunt: it hands on what it reads from others. */
const readsFiles = /\b(file\w*|templatefile|read_tfvars_file|run_cmd)\s*\(/;

/** What a tree's sources take from the files around them. `differing`: every path that is not the same on both sides. */
export function surroundingsOf(tree: Tree, sides: readonly Tree[], differing: ReadonlySet<string>): Surroundings {
  const dataDiffers = [...differing].some(isData);
  const texts = [...tree.texts];
  const terragrunt = texts.filter(([path]) => isTerragrunt(path));
  // Terragrunt may set any variable of a stack from any of its files, and from those that they read.
  const throughTerragrunt = digestOf(
    [
      ...terragrunt.filter(([path]) => differing.has(path)).flat(),
      ...(dataDiffers && terragrunt.some(([, text]) => readsFiles.test(text)) ? [tree.side] : []),
    ].join('\n'),
  );
  const jsonVariables = texts
    .filter(([path]) => path.endsWith('.tfvars.json') && differing.has(path))
    .flat()
    .join('\n');
  const everyVariable = [throughTerragrunt, jsonVariables].join('\n');
  const writer = createWriter(() => {
    throw new Error('what is written refers to nothing');
  });
  return {
    sensitive: new Set(
      sides.flatMap(({ modules }) =>
        [...modules.values()].flatMap(({ blocks, folder }) => sensitiveNames(blocks, folder)),
      ),
    ),
    outside: (name) => {
      const set = tree.variables.flatMap(({ path, body }) =>
        body.attributes
          .filter((attribute) => attribute.name === name)
          .map(({ value }) => `${path}=${writer.expression(value, undefined, new Set())}`),
      );
      return [everyVariable, ...set].join('\n');
    },
    file: (call, place) => {
      const [path] = call.arguments;
      if (!isFileFunction(call.name) || path === undefined) return { content: '', secret: undefined };
      const [only, ...others] = possibleTexts(path, place);
      if (only === undefined || others.length > 0 || !only.complete || call.name.endsWith('fileset')) {
        const secret = call.name.endsWith('fileset') ? undefined : 'a file whose name is computed';
        return { content: dataDiffers ? tree.side : '', secret };
      }
      const inside = repositoryPath(only.text, place);
      const text = inside === undefined ? undefined : tree.texts.get(inside);
      if (text !== undefined) return { content: digestOf(text), secret: undefined };
      const changed = inside !== undefined && differing.has(inside);
      return { content: changed ? tree.side : '', secret: 'a file that cannot be seen' };
    },
  };
}
