import { resolve } from 'node:path';
import type { Parsed } from '../arguments.ts';
import type { MemoryContext } from '../context.ts';
import { progressOn } from '../progress.ts';
import type { ReachedDaemon } from '../reach-daemon.ts';
import { runImport } from './import-run.ts';
import { readSource } from './read-files.ts';
import { storeOf } from './store-of-daemon.ts';

const formats = ['markdown', 'jsonl'] as const;

export async function importCommand(
  { words: [path = ''], options, json }: Parsed,
  context: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  const { terminal, cwd } = context;
  const dryRun = options.flag('dry-run');
  const source = readSource(resolve(cwd, path), options.one('format', formats));
  const tell = progressOn(context);
  const report = await runImport(source, storeOf(daemon), {
    dryRun,
    progress: (message, done, total) => tell({ message, done, total }),
  });
  const { stored, updated, unchanged, linked, refused, notes } = report;
  if (json) terminal.out(JSON.stringify(report));
  else {
    for (const note of notes) terminal.out(`note     ${note}`);
    for (const why of refused) terminal.out(`refused  ${why}`);
    const would = dryRun ? 'would be ' : '';
    terminal.out(
      `${would}stored ${stored}, updated ${updated}, unchanged ${unchanged}, links ${linked}, refused ${refused.length}`,
    );
  }
  return refused.length === 0 ? 0 : 1;
}
