import { appThat, type Stack } from './model.ts';

/**
 * How the repository came to be what it is. The last state is written first; each commit says which files it brought and
 * what its edits changed, so that the state before it is the state after it with the edits taken back.
 */
export interface Commit {
  readonly hoursAgo: number;
  readonly message: string;
  /** Files that exist from here on. */
  brings?(path: string): boolean;
  readonly edits?: readonly Edit[];
}

/** In one block of one file: what stands there since this commit, and what stood there before it. */
interface Edit {
  readonly path: string;
  /** The line that opens the block. */
  readonly block: string;
  readonly now: RegExp;
  readonly before: string;
}

const day = 24;
const inside =
  (...folders: readonly string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(folder));

export function history(
  stacks: readonly Stack[],
  reports: ReadonlyMap<string, { readonly daysAgo: number }>,
): readonly Commit[] {
  const moduleOf = (does: string, suffix = '') => {
    const { stack, app } = appThat(stacks, does);
    return { path: `stacks/${stack.name}/main.tf`, block: `module "${app.name.replaceAll('-', '_')}${suffix}" {`, app };
  };
  const faces = moduleOf('face recognition');
  const text = moduleOf('text recognition');
  const requests = moduleOf('request page', '_ingress');
  const store = moduleOf('database backup store', '_backup');
  const stackFolders = (...names: readonly string[]) => inside(...names.map((name) => `stacks/${name}/`));
  const commits: Commit[] = [
    {
      hoursAgo: 121 * day,
      message: 'modules and conventions',
      brings: (path) => !path.startsWith('stacks/') && !reports.has(path),
    },
    {
      hoursAgo: 120 * day,
      message: 'ingress, dns, secrets, databases: first stacks',
      brings: stackFolders('ingress', 'dns', 'secrets', 'databases'),
    },
    {
      hoursAgo: 118 * day,
      message: 'identity, monitoring: single sign-on and dashboards',
      brings: stackFolders('identity', 'monitoring'),
    },
    { hoursAgo: 113 * day, message: 'photos: the library moves in', brings: stackFolders('photos') },
    {
      hoursAgo: 112 * day - 2,
      message: `photos: ${faces.app.name} gets 512Mi, it was killed for memory`,
      edits: [{ ...faces, now: /"512Mi"/, before: '"128Mi"' }],
    },
    {
      hoursAgo: 104 * day,
      message: 'documents, media, home-automation',
      brings: stackFolders('documents', 'media', 'home-automation'),
    },
    { hoursAgo: 90 * day, message: 'finance, mail', brings: stackFolders('finance', 'mail') },
    ...[...reports].map(([file, { daysAgo }]) => ({
      hoursAgo: daysAgo * day,
      message: `post-mortem: ${file.slice(file.lastIndexOf('/') + 12, -'.md'.length).replaceAll('-', ' ')}`,
      brings: (path: string) => path === file,
    })),
    {
      hoursAgo: 9 * day,
      message: `databases: suspend the backup of ${store.app.name} while its store is moved`,
      edits: [{ ...store, now: /\n +suspend += true/, before: '' }],
    },
    {
      hoursAgo: 5 * day,
      message: `media: the page of ${requests.app.name} is served by requests-web`,
      edits: [{ ...requests, now: /"requests-web"/, before: `"${requests.app.name}"` }],
    },
    {
      hoursAgo: 26,
      message: `documents: ${text.app.name} ${text.app.tag}`,
      edits: [{ ...text, now: new RegExp(`:${text.app.tag.replaceAll('.', '\\.')}"`), before: ':2.3.0"' }],
    },
    {
      hoursAgo: 2,
      message: `photos: less memory for ${faces.app.name}, it never uses it`,
      edits: [{ ...faces, now: /"128Mi"/, before: '"512Mi"' }],
    },
  ];
  return commits.sort((a, b) => b.hoursAgo - a.hoursAgo);
}

/** The files as they were after each commit, oldest first. */
export function replay(
  commits: readonly Commit[],
  last: ReadonlyMap<string, string>,
): readonly { readonly commit: Commit; readonly files: ReadonlyMap<string, string> }[] {
  const states: { commit: Commit; files: ReadonlyMap<string, string> }[] = [];
  let files = new Map(last);
  for (const commit of commits.toReversed()) {
    states.unshift({ commit, files });
    files = new Map([...files].filter(([path]) => commit.brings?.(path) !== true));
    for (const edit of commit.edits ?? []) files.set(edit.path, takeBack(files.get(edit.path) ?? '', edit));
  }
  if (files.size > 0) throw new Error(`no commit brings ${[...files.keys()].join(', ')}`);
  return states;
}

function takeBack(text: string, { path, block, now, before }: Edit): string {
  const start = text.indexOf(block);
  const end = text.indexOf('\n}', start);
  const body = text.slice(start, end);
  if (start === -1 || !now.test(body)) throw new Error(`${path} has no ${now} in the block ${block}`);
  return text.slice(0, start) + body.replace(now, before) + text.slice(end);
}
