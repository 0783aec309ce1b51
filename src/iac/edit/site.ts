import { posix } from 'node:path';
import type { HclFile } from '../hcl/syntax.ts';
import type { Declared } from '../origin/declared.ts';
import type { SourcePlace } from '../origin/port.ts';
import type { Insertion } from './layout.ts';
import type { Splice } from './text.ts';
import type { Work } from './work.ts';
import type { OpenStack, Placed, World } from './world.ts';

/** Where candidates are looked for: one object, in the stack that makes it, as the source is now. */
export interface Site {
  readonly work: Work;
  readonly stack: OpenStack;
  readonly declared: Declared;
  text(file: string): string;
  file(path: string): HclFile | undefined;
  /** The module that makes the object, and those that lead to it, innermost first. */
  readonly modules: readonly Placed[];
  /** Of these, the one whose files lie in the folder of that file. */
  moduleOf(file: string): Placed | undefined;
}

export function openSite(world: World, stack: OpenStack, declared: Declared): Site {
  const modules: Placed[] = [];
  const inside = [...stack.instances.values()].filter(
    ({ path }) => path === '' || declared.address.startsWith(`${path}.`),
  );
  for (let at = longest(inside); at !== undefined; at = at.parent && stack.instances.get(at.parent.path))
    modules.push(at);
  return {
    work: world.work,
    stack,
    declared,
    modules,
    text: (path) => world.text(path) ?? '',
    file: (path) => stack.sources.files.find((one) => one.path === path),
    moduleOf: (file) => modules.find(({ instance }) => instance.source.folder === posix.dirname(file)),
  };
}

function longest(placed: readonly Placed[]): Placed | undefined {
  return [...placed].sort((a, b) => b.path.length - a.path.length)[0];
}

export function spliceAt(file: string, insertion: Insertion | undefined): readonly Splice[] {
  return insertion === undefined ? [] : [{ file, ...insertion }];
}

export function isPoint({ range }: SourcePlace): boolean {
  return range.line === range.endLine && range.column === range.endColumn;
}
