import { lastOf } from './flags.ts';
import type { KubectlEdit, KubectlWords } from './kubectl-edit.ts';
import { refuse } from './no-edit.ts';
import { isPair, pairsOf, sorted } from './pairs.ts';
import { type Target, targetOf } from './target.ts';
import type { Step } from './wishes.ts';

/** `kubectl set`: fields of containers, wherever the pods of a kind are described. */

export function setImage(words: KubectlWords): KubectlEdit {
  const { objects, set, gone } = pairsOf(words.args);
  if (gone.length > 0) refuse('an image cannot be taken away');
  const target = targetOf(objects, words);
  const wished = set.map(([container, image]) => {
    if (!/^[\w.:/@-]{1,1000}$/.test(image)) refuse('an image of it is no plain name');
    return { path: [...containersOf(target), containerStep(container), 'image'], value: image };
  });
  if (wished.length > 1 && set.some(([container]) => container === '*')) refuse('it gives one container two images');
  return { target, wished };
}

export function setEnv(words: KubectlWords): KubectlEdit {
  if (['from', 'keys', 'prefix'].some((name) => words.flags.has(name)))
    refuse('it takes its variables from an object of the cluster: write into the stack what is to be set');
  const given = words.flags.get('env') ?? [];
  if (given.includes('-') || words.args.includes('-')) refuse('it reads its variables from what is not known here');
  if (!given.every(isPair)) refuse('one of its variables is no pair');
  if (lastOf(words, 'overwrite') !== undefined && lastOf(words, 'overwrite') !== 'true')
    refuse('whether it sets anything depends on what is set');
  const { objects, set: ofArgs, gone: goneOfArgs } = pairsOf(words.args);
  const { set, gone } = sorted([
    ...ofArgs.map(([name, value]) => `${name}=${value}`),
    ...goneOfArgs.map((name) => `${name}-`),
    ...given,
  ]);
  const target = targetOf(objects, words);
  const env = [...containersOf(target), containerStep(lastOf(words, 'containers') ?? '*'), 'env'];
  const variable = (name: string): Step => {
    if (!/^[._a-zA-Z-][._a-zA-Z0-9-]{0,252}$/.test(name)) refuse('the name of a variable is none');
    return { name };
  };
  return {
    target,
    wished: [
      ...set.map(([name, value]) => ({ path: [...env, variable(name), 'value'], value })),
      ...gone.map((name) => ({ path: [...env, variable(name)], value: undefined })),
    ],
  };
}

export function setResources(words: KubectlWords): KubectlEdit {
  const target = targetOf(words.args, words);
  const at = [...containersOf(target), containerStep(lastOf(words, 'containers') ?? '*'), 'resources'];
  const wished = ['limits', 'requests'].flatMap((which) =>
    quantities(lastOf(words, which) ?? '').map(([name, value]) => ({ path: [...at, which, name], value })),
  );
  return { target, wished };
}

export function setServiceAccount(words: KubectlWords): KubectlEdit {
  const name = words.args.at(-1) ?? '';
  const target = targetOf(words.args.slice(0, -1), words);
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name)) refuse('the name of the service account is no plain one');
  return { target, wished: [{ path: [...podsOf(target), 'serviceAccountName'], value: name }] };
}

function podsOf({ kind }: Target): readonly string[] {
  return kind.pods ?? refuse('objects of this kind have no containers');
}

function containersOf(target: Target): readonly string[] {
  return [...podsOf(target), 'containers'];
}

function containerStep(name: string): Step {
  if (name === '*') return { only: true };
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) refuse('it names containers by a pattern');
  return { name };
}

const quantity = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?$/;

/** `cpu=200m,memory=512Mi` */
function quantities(text: string): readonly (readonly [string, string])[] {
  if (text === '') return [];
  const pairs = text.split(',').map((pair) => {
    const [name = '', value = '', more] = pair.split('=');
    if (!/^[\w./-]{1,253}$/.test(name) || value.length > 40 || !quantity.test(value) || more !== undefined)
      refuse('an amount of it cannot be read');
    return [name, value] as const;
  });
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) refuse('it gives one amount twice');
  return pairs;
}
