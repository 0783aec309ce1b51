import { credentialFiles, shellMentions } from '../../server/credential-traces.ts';
import { findCopies, type Wanted } from './copies.ts';
import { paths } from './layout.ts';
import { type Found, type MoveTo, moveCredential, openCredential } from './move.ts';
import type { Step } from './step.ts';

/** Moves what is named, then says which copies are left: moving a credential does not unsay it. */
export function moveSteps(files: readonly string[], to: MoveTo, searched: readonly string[]): readonly Step[] {
  if (files.length === 0) return [];
  const moved: { readonly wanted: Wanted; readonly value: string }[] = [];
  return [
    ...files.map(
      (file): Step => ({
        title: `move ${file} to ${paths.credentials}`,
        run: () => {
          using found: Found = openCredential(file);
          const target = moveCredential(found, to);
          moved.push({ wanted: found, value: found.text.trim() });
          return [`moved ${file} to ${target}`];
        },
      }),
    ),
    {
      title: `look for copies of what was moved, in ${searched.join(', ') || 'no folder'}`,
      run: () => searched.flatMap((folder) => copyLines(folder, moved)),
    },
  ];
}

function copyLines(
  folder: string,
  moved: readonly { readonly wanted: Wanted; readonly value: string }[],
): readonly string[] {
  const { found, looked, incomplete } = findCopies(
    folder,
    moved.map(({ wanted }) => wanted),
  );
  const values = new Map(moved.map(({ wanted, value }) => [wanted.name, value]));
  const inShells = shellMentions(folder, values).filter((mention) => mention.values.length > 0);
  return [
    ...found.map(({ path, name }) => `COPY LEFT: ${path} is the same as ${name}: remove it`),
    ...inShells.map(({ path, values: names }) => `COPY LEFT: ${path} holds ${names.join(', ')}: remove it there`),
    `looked at ${looked} entries of ${folder}${incomplete ? ', NOT all of them' : ''} (no caches, no node_modules): ${found.length + inShells.length} copies`,
    ...(found.length + inShells.length > 0
      ? ['whoever had it may still have it: change what was moved (rotate it)']
      : []),
  ];
}

/** What an agent of these users can still use to change things past Castellan. */
export function leftSteps(homes: readonly string[]): readonly Step[] {
  return homes.map((home) => ({
    title: `list credentials that are still within reach of agents in ${home}`,
    run: () => [
      ...credentialFiles(home).map(
        ({ path, what }) => `still within reach: ${what} (${path}); move it with --move ${path}`,
      ),
      ...shellMentions(home)
        .filter(({ names }) => names.length > 0)
        .map(({ path, names }) => `still within reach: ${path} sets ${names.join(', ')}`),
    ],
  }));
}
