import { lastOf } from './flags.ts';
import { jsonPatchWishes } from './json-patch.ts';
import type { KubectlEdit, KubectlWords } from './kubectl-edit.ts';
import { mergeWishes } from './merge-patch.ts';
import { refuse } from './no-edit.ts';
import { readBody } from './patch-body.ts';
import { targetOf } from './target.ts';
import { inOrder, type Wished } from './wishes.ts';

export function patch(words: KubectlWords): KubectlEdit {
  const target = targetOf(words.args, words);
  const subresource = lastOf(words, 'subresource') ?? '';
  if (subresource !== '' && subresource !== 'scale') refuse('what it patches is no field of the source');
  const body = readBody(textOf(words));
  const type = (lastOf(words, 'type') ?? 'strategic').toLowerCase();
  const wished = type === 'json' ? jsonPatchWishes(body, target) : mergeWishes(body, target, mergeType(type));
  if (target.kind.kind === 'Secret' && wished.some(isOfSecret))
    refuse('what is in a Secret comes from the vault: ask for it to be changed there');
  if (subresource === 'scale') return { target, wished: wished.map((one) => scaled(one, target.kind.scale)) };
  return { target, wished: type === 'json' ? inOrder(wished) : wished };
}

function textOf(words: KubectlWords): string {
  const [text, file] = [lastOf(words, 'patch'), lastOf(words, 'patch-file')];
  if (text !== undefined && text !== '') return file === undefined ? text : refuse('it has two patches');
  if (file === '/dev/stdin' && words.stdin !== undefined) return words.stdin;
  return refuse(file === undefined ? 'it has no patch' : 'its patch stands in a file, which is not read here');
}

function mergeType(said: string): 'strategic' | 'merge' {
  return said === 'strategic' || said === 'merge' ? said : refuse('its patch is of a type that there is not');
}

function isOfSecret({ path: [first] }: Wished): boolean {
  return first === 'data' || first === 'stringData';
}

/** The scale of an object knows one field, which each kind has somewhere of its own. */
function scaled({ path, value }: Wished, field: readonly string[] | undefined): Wished {
  if (path.join('.') !== 'spec.replicas' || field === undefined)
    return refuse('what it patches is no field of the source');
  return { path: field, value };
}
