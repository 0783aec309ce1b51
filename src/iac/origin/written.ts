import type { HclAttribute, HclBlock, HclBody, HclExpression, HclFile } from '../hcl/syntax.ts';
import { partsOf } from '../hcl/walk.ts';
import { folderOfCall, isSensitive, type ModuleSource } from './modules.ts';

/** Shorter ones stand in any text by chance. */
const shortest = 4;

/**
 * Every text that stands in the sources as it is, but for what is given to variables that are sensitive: that is none, wherever
 * else it stands.
 */
export function writtenTexts(
  files: readonly HclFile[],
  modules: ReadonlyMap<string, ModuleSource>,
): ReadonlySet<string> {
  const texts = new Set<string>();
  const secrets = new Set<string>();
  for (const { path, body } of files) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const isSecret = (name: string, module = modules.get(folder)): boolean => {
      const declared = module?.variables.get(name);
      return declared !== undefined && isSensitive(declared.node);
    };
    const secretsOf = (block: HclBlock): readonly HclExpression[] => {
      const isHidden = ({ name }: HclAttribute): boolean => {
        if (block.type === 'variable') return name === 'default' && isSensitive(block);
        return block.type === 'module' && isSecret(name, modules.get(folderOfCall(block, folder) ?? ''));
      };
      return block.body.attributes.filter(isHidden).map(({ value }) => value);
    };
    for (const text of textsOf(body)) texts.add(text);
    const hidden = [
      ...body.blocks.flatMap(secretsOf),
      ...body.attributes.flatMap(({ name, value }) => {
        if (path.endsWith('.tfvars')) return isSecret(name) ? [value] : [];
        return name === 'inputs' ? secretInputs(value, (one) => isSecret(one)) : [];
      }),
    ];
    for (const text of hidden.flatMap((value) => [...literalsIn(value)])) secrets.add(text);
  }
  for (const secret of secrets) texts.delete(secret);
  return texts;
}

/** Of Terragrunt’s `inputs`, those given to a sensitive variable. */
function secretInputs(inputs: HclExpression, isSecret: (name: string) => boolean): readonly HclExpression[] {
  return [...partsOf(inputs)].flatMap((part) => {
    if (part.kind !== 'object') return [];
    return part.items
      .filter(({ key }) => key.kind === 'literal' && isSecret(String(key.value)))
      .map(({ value }) => value);
  });
}

function* textsOf({ attributes, blocks }: HclBody): Generator<string> {
  for (const { name, value } of attributes) {
    yield* longEnough(name);
    yield* textsIn(value);
  }
  for (const { type, labels, body } of blocks) {
    for (const word of [type, ...labels]) yield* longEnough(word);
    yield* textsOf(body);
  }
}

function* textsIn(expression: HclExpression): Generator<string> {
  yield* literalsIn(expression);
  for (const part of partsOf(expression)) {
    if (part.kind === 'call') yield* longEnough(part.name);
    if (part.kind !== 'reference') continue;
    yield* longEnough(part.root);
    for (const step of part.steps) if (step.kind === 'name') yield* longEnough(step.name);
  }
}

function* literalsIn(expression: HclExpression): Generator<string> {
  for (const part of partsOf(expression)) {
    if (part.kind === 'literal') yield* longEnough(String(part.value));
    if (part.kind !== 'template') continue;
    for (const piece of part.parts) if (typeof piece === 'string') yield* longEnough(piece);
  }
}

function* longEnough(text: string): Generator<string> {
  const trimmed = text.trim();
  if (trimmed.length >= shortest) yield trimmed;
}
