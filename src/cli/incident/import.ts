import { Command } from 'commander';
import { z } from 'zod';
import { askDaemon } from '../ask-daemon.ts';
import type { CliContext } from '../terminal.ts';
import { documentsBelow, type FoundDocuments } from './documents-below.ts';
import { readNamed } from './errors.ts';

const counted = z.object({ added: z.int(), changed: z.int(), unchanged: z.int() });
const imported = z.object({
  reports: counted.extend({ own: z.int() }),
  actions: counted,
  issues: counted,
  runbooks: counted,
  gone: z.array(z.string()),
  unread: z.array(z.object({ path: z.string(), line: z.int().optional(), what: z.string(), why: z.string() })),
  missing: z.array(z.object({ report: z.string(), title: z.string(), parts: z.array(z.string()) })),
});
type Imported = z.output<typeof imported>;

/** Files asked for at once: each is read or not by itself. */
const filesAtOnce = 50;

export function importCommand(context: CliContext): Command {
  const command = new Command('import')
    .description(
      'read past post-mortems, known issues and runbooks (Markdown, HTML, YAML); says what it could not read',
    )
    .argument('<folder...>', 'folders, or single files');
  return command.action(async (folders: readonly string[]) => {
    const { terminal, cwd } = context;
    const { files, skipped } = readNamed(folders.join(', '), () => documentsBelow(folders, cwd));
    await using daemon = await askDaemon(command, context);
    const parts: Imported[] = [];
    for (let at = 0; at < files.length; at += filesAtOnce) {
      const batch = files.slice(at, at + filesAtOnce).map((file) => ({ ...file }));
      parts.push(imported.parse(await daemon.request('incident.import', { files: batch })));
      if (terminal.interactive) terminal.err(`… ${Math.min(at + filesAtOnce, files.length)} of ${files.length} files`);
    }
    for (const line of importLines(files.length, parts, skipped)) terminal.out(line);
    if (skipped.length > 0 || parts.some(({ unread }) => unread.length > 0)) process.exitCode = 1;
  });
}

/** What was read, and everything that was not; a part of it is what one request told. */
export function importLines(
  files: number,
  parts: readonly Imported[],
  skipped: FoundDocuments['skipped'],
): readonly string[] {
  const kinds = ['reports', 'actions', 'issues', 'runbooks'] as const;
  const sums = kinds.map((kind) => {
    const sum = (key: keyof z.output<typeof counted>): number =>
      parts.reduce((total, part) => total + part[kind][key], 0);
    const [added, changed, unchanged] = [sum('added'), sum('changed'), sum('unchanged')];
    return `${added + changed + unchanged} ${kind} (${added} new, ${changed} changed)`;
  });
  // What one request did not name may stand in another: only what stands in none is gone.
  const own = parts.reduce((total, { reports }) => total + reports.own, 0);
  const [first, ...others] = parts;
  const gone = (first?.gone ?? []).filter((origin) => others.every((part) => part.gone.includes(origin)));
  return [
    `${files} files: ${sums.join(', ')}`,
    ...(own === 0 ? [] : [`OURS     ${own} reports of incidents that the record has: they stay as they are`]),
    ...gone.map((origin) => `GONE     ${origin}: imported before, and not among these files; what it held stays`),
    ...parts.flatMap(({ missing }) =>
      missing.map(({ report, title, parts: lacks }) => `LACKS    ${report}: “${title}” has no ${lacks.join(', ')}`),
    ),
    ...[...skipped, ...parts.flatMap(({ unread }) => unread)].map(
      ({ path, what, why, ...place }) =>
        `NOT READ ${path}${'line' in place && place.line !== undefined ? `:${place.line}` : ''}: ${what}: ${why}`,
    ),
  ];
}
