import { posix } from 'node:path';
import type { HclExpression } from '../hcl/syntax.ts';
import { readYamlFile } from './document.ts';
import type { Scope } from './evaluate.ts';
import { type Symbolic, scalarOf } from './symbol.ts';

/** Larger ones are no values that somebody wrote. */
const mostCharacters = 1_000_000;

/**
 * `file("${path.module}/values.yaml")`, where the source is read for an edit and a text of that path is given. Undefined for any
 * other name, for a file that is no YAML, and for one that is encrypted, in whole or in part. `work` works out a part of the name.
 */
export function readFile(
  call: HclExpression & { readonly kind: 'call' },
  { reading, instance }: Scope,
  work: (part: HclExpression) => Symbolic,
): Symbolic | undefined {
  const read = reading?.text;
  const [argument, ...more] = call.arguments;
  if (read === undefined || argument === undefined || more.length > 0) return undefined;
  const path = pathOf(argument, instance.source.folder, work);
  if (path === undefined || !/\.ya?ml$/.test(path)) return undefined;
  const text = read(path);
  if (text === undefined || text.length > mostCharacters || isEncrypted(text)) return undefined;
  return readYamlFile(path, text);
}

/** In the repository, of a file that lies in the module's folder or is reached from there. */
function pathOf(argument: HclExpression, folder: string, work: (part: HclExpression) => Symbolic): string | undefined {
  if (argument.kind !== 'template') return undefined;
  const [module, ...rest] = argument.parts;
  if (module === undefined || typeof module === 'string' || module.kind !== 'reference') return undefined;
  const [step, ...more] = module.steps;
  if (module.root !== 'path' || step?.kind !== 'name' || step.name !== 'module' || more.length > 0) return undefined;
  const pieces = rest.map((part) => (typeof part === 'string' ? part : scalarOf(work(part))));
  if (!pieces.every((piece) => typeof piece === 'string' || typeof piece === 'number')) return undefined;
  const inside = pieces.join('');
  const path = posix.normalize(posix.join(folder, inside));
  return inside.startsWith('/') && !path.startsWith('..') && !posix.isAbsolute(path) ? path : undefined;
}

/** By git-crypt, which leaves no text, and by sops, which leaves the keys. */
function isEncrypted(text: string): boolean {
  return text.includes('\0') || text.includes('ENC[AES256_GCM,') || /^["']?sops["']?\s*:/m.test(text);
}
