import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { askDaemon } from '../ask-daemon.ts';
import type { CliContext } from '../terminal.ts';
import { writeNamed } from './errors.ts';
import { exportOf } from './exported.ts';

/** All of an incident as one JSON file, which `replay` reads. It is redacted; it is still about the household. */
export function exportCommand(context: CliContext): Command {
  const command = new Command('export')
    .description('write everything that is recorded of an incident as JSON')
    .argument('<incident>', 'inc_…')
    .option('--output <file>', 'a new file, for this user alone; without: stdout');
  return command.action(async (incident: string, { output }: { output?: string }) => {
    const { terminal, cwd } = context;
    await using daemon = await askDaemon(command, context);
    const exported = await exportOf(incident, daemon);
    const text = JSON.stringify(exported);
    if (output === undefined) terminal.out(text);
    else {
      writeNamed(output, () => writeFileSync(resolve(cwd, output), `${text}\n`, { mode: 0o600, flag: 'wx' }));
      terminal.err(`wrote ${resolve(cwd, output)}, ${Object.keys(exported.payloads).length} pieces of evidence`);
    }
    if (exported.tampered.length === 0) return;
    terminal.err(`left out, because their bytes do not match their hash: ${exported.tampered.join(', ')}`);
    process.exitCode = 1;
  });
}
