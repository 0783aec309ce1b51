import type { ImportedDraft } from '../../../../memory/engine.ts';
import type { Changes } from '../../../../memory/entry.ts';
import { planJsonl } from '../../../../memory/transfer/jsonl.ts';
import { judgeFile, type Verdict } from '../../../../memory/transfer/judge-file.ts';
import { readMarkdown } from '../../../../memory/transfer/markdown.ts';
import type { PortableEntry } from '../../../../memory/transfer/portable.ts';
import { CastellanError } from '../../../kit/errors.ts';
import { inParts } from '../tool-commands.ts';
import type { Source, SourceFile } from './read-files.ts';

/**
 * An import, step by step: everything is read and judged, then stored in parts, then linked. Whatever stops it in between, doing
 * it again goes on: what is stored is found to be there.
 */
export interface ImportReport {
  readonly stored: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly linked: number;
  readonly refused: readonly string[];
  readonly notes: readonly string[];
}

/** The store, as an import needs it. */
export interface ImportStore {
  byIds(ids: readonly number[]): Promise<readonly PortableEntry[]>;
  storeAll(drafts: readonly ImportedDraft[]): Promise<readonly ImportAnswer[]>;
  /** Undefined: done; otherwise why not. `links` as the tools take them: `-…` takes one away. */
  change(id: number, changes: Changes, links: readonly string[]): Promise<string | undefined>;
}

export type ImportAnswer =
  | { readonly outcome: 'stored' | 'unchanged'; readonly id: number }
  | { readonly outcome: 'refused'; readonly message: string };

export interface ImportOptions {
  readonly dryRun: boolean;
  progress(message: string, done: number, total: number): void;
}

/** One thing to store, whatever file it comes from. */
interface ToStore {
  /** `line 12`, `12-name.md` */
  readonly where: string;
  readonly draft: ImportedDraft;
  /** `supersedes:<what the target is called in this import>` */
  readonly links: readonly { readonly type: string; readonly to: string }[];
  /** Links that name nothing of this import mean an entry of the store. */
  readonly ofThisStore: boolean;
}

const batch = 100;

export async function runImport(source: Source, store: ImportStore, options: ImportOptions): Promise<ImportReport> {
  return source.format === 'jsonl' ? importJsonl(source, store, options) : importFolder(source.files, store, options);
}

async function importJsonl(
  { name, text }: Extract<Source, { format: 'jsonl' }>,
  store: ImportStore,
  options: ImportOptions,
): Promise<ImportReport> {
  const { planned, refused, notes } = planJsonl(text, { file: name });
  const told = {
    refused: refused.map(({ line, text: why }) => `line ${line}: ${why}`),
    notes: notes.map(({ line, text: what }) => `line ${line}: ${what}`),
  };
  const toStore = planned.map(({ draft, line, links }) => ({
    where: `line ${line}`,
    draft,
    links,
    ofThisStore: false,
  }));
  return storeAndLink(toStore, { ...told, updated: 0, unchanged: 0, linked: 0 }, new Map(), { store, options });
}

async function importFolder(
  files: readonly SourceFile[],
  store: ImportStore,
  options: ImportOptions,
): Promise<ImportReport> {
  const refused: string[] = [];
  const read = files.flatMap(({ name, text }) => {
    try {
      if (text === undefined) refused.push(`${name}: it is no text, or longer than an entry can be`);
      else return [{ name, entry: readMarkdown(text) }];
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      refused.push(`${name}: ${error.message}`);
    }
    return [];
  });
  const ids = read.flatMap(({ entry }) => entry.front.id ?? []);
  const stored = new Map((await store.byIds(ids)).map((entry) => [entry.id, entry]));
  const judged = read.map(({ name, entry }) => {
    const { id } = entry.front;
    return { name, verdict: judgeFile(entry, id === undefined ? undefined : stored.get(id)) };
  });
  const become = new Map<string, number>();
  const counts = { updated: 0, unchanged: 0, linked: 0 };
  for (const { name, verdict } of judged) {
    if (verdict.kind === 'refused') refused.push(`${name}: ${verdict.reason}`);
    else if (verdict.kind !== 'new') become.set(String(verdict.id), verdict.id);
    if (verdict.kind === 'unchanged') counts.unchanged += 1;
    if (verdict.kind === 'update') await update(name, verdict);
  }
  const fresh = judged.flatMap(({ name, verdict }) => (verdict.kind === 'new' ? [toStore(name, verdict)] : []));
  return storeAndLink(fresh, { ...counts, refused, notes: [] }, become, { store, options });

  async function update(name: string, { id, changes, links }: Extract<Verdict, { kind: 'update' }>): Promise<void> {
    const linkChanges = [...links.added, ...links.removed.map((link) => `-${link}`)];
    const why = options.dryRun ? undefined : await store.change(id, changes, linkChanges);
    if (why === undefined) counts.updated += 1;
    else refused.push(`${name}: ${why}`);
  }
}

function toStore(where: string, { draft, links, foreign }: Extract<Verdict, { kind: 'new' }>): ToStore {
  const named = links.map((link) => ({
    type: link.slice(0, link.indexOf(':')),
    to: link.slice(link.indexOf(':') + 1),
  }));
  return { where, draft, links: named, ofThisStore: !foreign };
}

type Told = Omit<ImportReport, 'stored'>;

/** `become`: what entries of this import that are there already are called here. */
async function storeAndLink(
  toStore: readonly ToStore[],
  told: Told,
  become: Map<string, number>,
  { store, options }: { readonly store: ImportStore; readonly options: ImportOptions },
): Promise<ImportReport> {
  const counts = { stored: 0, unchanged: told.unchanged, linked: told.linked };
  const refused = [...told.refused];
  const notes = [...told.notes];
  if (options.dryRun) return { ...told, stored: toStore.length };
  const ids = new Map<ToStore, number>();
  let done = 0;
  for (const part of inParts(toStore, batch)) {
    const answers = await store.storeAll(part.map(({ draft }) => draft));
    for (const [index, one] of part.entries()) {
      const answer = answers[index] ?? { outcome: 'refused', message: 'the daemon said nothing of it' };
      if (answer.outcome === 'refused') refused.push(`${one.where}: ${answer.message}`);
      else {
        counts[answer.outcome] += 1;
        ids.set(one, answer.id);
        if (one.draft.formerId !== undefined) become.set(one.draft.formerId, answer.id);
      }
    }
    done += part.length;
    options.progress('stored', done, toStore.length);
  }
  const linking = [...ids].filter(([{ links }]) => links.length > 0);
  for (const [index, [one, id]] of linking.entries()) {
    const links = one.links.flatMap(({ type, to }) => {
      const target = become.get(to) ?? (one.ofThisStore ? Number(to) : undefined);
      if (target === undefined)
        notes.push(`${one.where}: its link ${type}:${to} points to nothing of this import, and is not made`);
      return target === undefined || target === id ? [] : [`${type}:${target}`];
    });
    const why = links.length === 0 ? undefined : await store.change(id, {}, links);
    if (why === undefined) counts.linked += links.length;
    else refused.push(`${one.where}: stored as ${id} and not linked: ${why}`);
    options.progress('linked', index + 1, linking.length);
  }
  return { ...told, ...counts, refused, notes };
}
