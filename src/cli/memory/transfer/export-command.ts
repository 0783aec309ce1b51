import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { jsonlOf } from '../../../../memory/transfer/jsonl-row.ts';
import type { PortableEntry } from '../../../../memory/transfer/portable.ts';
import { idIn, Misuse, type Parsed } from '../arguments.ts';
import type { MemoryContext } from '../context.ts';
import { progressOn } from '../progress.ts';
import type { ReachedDaemon } from '../reach-daemon.ts';
import { exportedById, exportedEntries } from './store-of-daemon.ts';
import { writeFolder } from './write-folder.ts';

const formats = ['markdown', 'jsonl'] as const;

export async function exportCommand(
  { options, json }: Parsed,
  context: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  const format = options.one('format', formats) ?? 'markdown';
  const to = options.text('to');
  if (to === undefined)
    throw new Misuse(`--to is missing: ${format === 'markdown' ? 'a folder' : 'a file, or - for stdout'}`);
  const entries = await exportedEntries(daemon, progressOn(context));
  return format === 'markdown'
    ? toFolder(resolve(context.cwd, to), entries, { force: options.flag('force'), json }, context)
    : toLines(to, entries, json, context);
}

function toFolder(
  folder: string,
  entries: readonly PortableEntry[],
  { force, json }: { readonly force: boolean; readonly json: boolean },
  { terminal }: MemoryContext,
): number {
  const report = writeFolder(folder, entries, force);
  const { written, unchanged, removed, kept } = report;
  if (json) terminal.out(JSON.stringify(report));
  else terminal.out(`${written} written, ${unchanged} unchanged, ${removed} taken away, in ${folder}`);
  for (const name of kept) terminal.err(`kept ${name}: it was changed by hand; import it first, or give --force`);
  return kept.length === 0 ? 0 : 1;
}

function toLines(
  to: string,
  entries: readonly PortableEntry[],
  json: boolean,
  { terminal, cwd }: MemoryContext,
): number {
  const lines = entries.map(jsonlOf);
  if (to === '-') {
    for (const line of lines) terminal.out(line);
    return 0;
  }
  const file = resolve(cwd, to);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  terminal.out(json ? JSON.stringify({ written: lines.length, file }) : `${lines.length} written to ${file}`);
  return 0;
}

/** `get <id> --content`: the text as it is stored, to its last character, and nothing beside it. */
export async function getContent(
  { words, json }: Parsed,
  { terminal }: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  const [word = '', ...others] = words;
  if (others.length > 0) throw new Misuse('--content shows the text of one entry');
  const id = idIn(word);
  const [entry] = await exportedById(daemon, [id]);
  if (entry?.content === undefined) {
    terminal.err(
      entry === undefined
        ? `there is no entry ${id} that you may read`
        : `entry ${id} is sealed: memory-tool open ${id} --identity <file>`,
    );
    return 1;
  }
  terminal.out(json ? JSON.stringify({ id, content: entry.content }) : entry.content);
  return 0;
}
