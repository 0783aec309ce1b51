import { Command, Option } from 'commander';
import { z } from 'zod';
import { askDaemon } from './ask-daemon.ts';
import type { CliContext, Terminal } from './terminal.ts';

const status = z.enum(['fail', 'unknown', 'warn', 'pass']);
const swept = z.object({
  at: z.string(),
  worst: status,
  exit_code: z.int(),
  checks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      status,
      detail: z.string(),
      items: z.array(z.string()),
      next: z.string().optional(),
    }),
  ),
  failed: z.array(z.object({ source: z.string(), why: z.string() })),
  without: z.array(z.string()),
  unknown_checks: z.array(z.string()),
});
type Swept = z.output<typeof swept>;

const sources = 'cluster, metrics, alerts, logs, probes, repository, vault, keep, record';

/** `castellan sweep`: every check once. Exit code: 0 well, 1 warnings, 2 something fails, 3 something could not be measured. */
export function sweepCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('sweep')
    .description(
      'make every health check once; exit 0: all pass, 1: warnings, 2: something fails, 3: something could not be measured',
    )
    .option('--only <checks>', 'by their ids, as they are printed: nodes,certificates')
    .option('--without <sources>', `leave these out, and do not count them as unknown: ${sources}`)
    .option('--quiet', 'do not print what passes')
    .addOption(new Option('--json', 'as JSON'));
  return command.action(async (options: { only?: string; without?: string; quiet?: true; json?: true }) => {
    const [only, without] = [wordsOf(options.only), wordsOf(options.without)];
    await using daemon = await askDaemon(command, context);
    const answer = await daemon.request('incident.sweep', { only: [...only], without: [...without] });
    const found = swept.parse(answer);
    if (options.json === true) terminal.out(JSON.stringify(answer));
    else for (const line of sweepLines(found, { terminal, quiet: options.quiet === true })) terminal.out(line);
    process.exitCode = found.exit_code;
  });
}

function wordsOf(given: string | undefined): readonly string[] {
  return (given ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

const marks: Readonly<Record<z.output<typeof status>, readonly [word: string, colour: number]>> = {
  fail: ['FAIL', 31],
  unknown: ['UNKNOWN', 35],
  warn: ['WARN', 33],
  pass: ['PASS', 32],
};

/** Worst first; what is wrong below each, and how many of each there are at the end. */
export function sweepLines(
  { checks, failed, without, unknown_checks: unheardOf }: Swept,
  { terminal, quiet }: { readonly terminal: Pick<Terminal, 'colour'>; readonly quiet: boolean },
): readonly string[] {
  const lines: string[] = [];
  for (const check of checks) {
    if (quiet && check.status === 'pass') continue;
    const [word, colour] = marks[check.status];
    const mark = word.padEnd(7);
    lines.push(`${terminal.colour ? `\u001b[${colour}m${mark}\u001b[0m` : mark} ${check.id}: ${check.detail}`);
    for (const item of check.items) lines.push(`        ${item}`);
    if (check.next !== undefined && check.status !== 'pass') lines.push(`        next: ${check.next}`);
  }
  for (const { source, why } of failed) lines.push(`NOT SEEN ${source}: ${why}`);
  for (const id of unheardOf) lines.push(`NOT MADE ${id}: there is no such check`);
  if (without.length > 0) lines.push(`left out: ${without.join(', ')}`);
  const counts = status.options.map(
    (one) => `${checks.filter((check) => check.status === one).length} ${marks[one][0]}`,
  );
  lines.push(counts.join(', '));
  return lines;
}
