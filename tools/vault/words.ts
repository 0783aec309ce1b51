import { ageText } from '../../src/cluster/index.ts';
import { CastellanError, type Cell, oneLine, Untrusted } from '../../src/kit/index.ts';

/**
 * Words for what Vault says. Mounts, paths, keys, policies and custom metadata are what whoever may write them chose: in a
 * form no sentence has they stand in ours, in any other they stand apart.
 */
const plain = /^[\w.@:+=~/#-]{1,300}$/;

export function isPlain(name: string): boolean {
  return plain.test(name);
}

/** A name inside a sentence of ours; `?` when it could be a sentence itself. */
export function plainName(name: string): string {
  return isPlain(name) ? name : '?';
}

/** A path as it stands in a policy, which may end in a star. */
export function grantText(path: string): string {
  return isPlain(path.replaceAll('*', '')) ? path : '?';
}

export function nameCell(name: string): Cell {
  return isPlain(name) ? name : new Untrusted(oneLine(name, 200));
}

/** `Deployment mail/server` */
export function whoCell(who: string): Cell {
  return /^[A-Za-z]{1,60} [\w.@:+=~/-]{1,320}$/.test(who) ? who : nameCell(who);
}

/** `secret/apps/mail#password@3` */
export function referenceText(of: {
  readonly mount: string;
  readonly path: string;
  readonly key?: string | undefined;
  readonly version?: number | undefined;
}): string {
  const key = of.key === undefined ? '' : `#${of.key}`;
  return `${of.mount}/${of.path}${key}${of.version === undefined ? '' : `@${of.version}`}`;
}

/** `3d ago`, `in 2h`, `?` */
export function whenText(at: Date | undefined, now: Date): string {
  if (at === undefined || Number.isNaN(at.getTime())) return '?';
  const away = now.getTime() - at.getTime();
  return away >= 0 ? `${ageText(away)} ago` : `in ${ageText(-away)}`;
}

export function dateOf(at: string | undefined): Date | undefined {
  const time = Date.parse(at ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

export interface Missing {
  readonly what: string;
  readonly why: string;
}

type Attempt<Value> =
  | { readonly value: Value; readonly why: undefined }
  | { readonly value: undefined; readonly why: string };

/** What could not be seen is said by its code, and the rest of the answer is given. A caller who went away ends it all. */
export async function attempt<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Attempt<Value>> {
  try {
    return { value: await work(), why: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CastellanError)) throw error;
    return { value: undefined, why: error.code };
  }
}

/** At most so many at once, in order. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
