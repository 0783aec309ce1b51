import type { HclAttribute, HclBlock, HclBody, HclExpression, HclFile } from '../hcl/syntax.ts';
import { partsOf } from '../hcl/walk.ts';
import { folderOfCall, isSensitive, type ModuleSource } from './modules.ts';

/** Shorter ones stand in any text by chance. */
const shortest = 4;

/** Every text that stands in the sources as it is, but for what is given to variables that are sensitive. */
export function writtenTexts(
  files: readonly HclFile[],
  modules: ReadonlyMap<string, ModuleSource>,
): ReadonlySet<string> {
  const texts = new Set<string>();
  const add = (text: string): void => {
    const trimmed = text.trim();
    if (trimmed.length >= shortest) texts.add(trimmed);
  };
  const addExpression = (expression: HclExpression): void => {
    for (const part of partsOf(expression)) {
      if (part.kind === 'literal') add(String(part.value));
      else if (part.kind === 'reference') {
        add(part.root);
        for (const step of part.steps) if (step.kind === 'name') add(step.name);
      } else if (part.kind === 'call') add(part.name);
      else if (part.kind === 'template') for (const piece of part.parts) if (typeof piece === 'string') add(piece);
    }
  };
  const addBody = ({ attributes, blocks }: HclBody, isHidden: (attribute: HclAttribute) => boolean): void => {
    for (const attribute of attributes) {
      add(attribute.name);
      if (!isHidden(attribute)) addExpression(attribute.value);
    }
    for (const block of blocks) {
      add(block.type);
      block.labels.forEach(add);
      addBody(block.body, () => false);
    }
  };
  for (const { path, body } of files) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const own = modules.get(folder);
    const isSecret = (name: string, module = own): boolean => {
      const declared = module?.variables.get(name);
      return declared !== undefined && isSensitive(declared.node);
    };
    const hiddenIn = (block: HclBlock) => (attribute: HclAttribute) => {
      if (block.type === 'variable') return attribute.name === 'default' && isSensitive(block);
      if (block.type !== 'module') return false;
      return isSecret(attribute.name, modules.get(folderOfCall(block, folder) ?? ''));
    };
    addBody({ attributes: body.attributes, blocks: [] }, ({ name }) => path.endsWith('.tfvars') && isSecret(name));
    for (const block of body.blocks) {
      add(block.type);
      block.labels.forEach(add);
      addBody(block.body, hiddenIn(block));
    }
  }
  return texts;
}
