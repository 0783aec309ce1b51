import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { sweepSources } from '../incident/sweep/port.ts';
import { exitCodes } from '../incident/sweep/sweep.ts';
import { askDaemon } from './ask-daemon.ts';
import { tellFailure } from './failure.ts';
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
type Status = z.output<typeof status>;

const sources = sweepSources.join(', ');

/**
 * `castellan sweep`: every check once. Exit code: 0 well, 1 warnings, 2 something fails, 3 something could not be measured, or
 * the sweep itself could not be made.
 */
export function sweepCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('sweep')
    .description(
      'make every health check once; exit 0: all pass, 1: warnings, 2: something fails, 3: something could not be measured',
    )
    .option('--only <checks>', 'by their ids, as they are printed: nodes,certificates', wordsOf)
    .option('--without <sources>', `leave these out, and do not count them as unknown: ${sources}`, sourcesOf)
    .option('--quiet', 'do not print what passes; nothing at all where everything does')
    .addOption(new Option('--json', 'as JSON'));
  return command.action(async ({ only = [], without = [], quiet, json }: SweepOptions) => {
    try {
      await using daemon = await askDaemon(command, context);
      const answer = await daemon.request('incident.sweep', { only: [...only], without: [...without] });
      const found = swept.parse(answer);
      if (json === true) terminal.out(JSON.stringify(answer));
      else for (const line of sweepLines(found, { terminal, quiet: quiet === true })) terminal.out(line);
      process.exitCode = found.exit_code;
    } catch (error) {
      // Whatever kept it from looking, 1 would say that it looked and found warnings only.
      await tellFailure(error, terminal);
      process.exitCode = exitCodes.unknown;
    }
  });
}

interface SweepOptions {
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  readonly quiet?: true;
  readonly json?: true;
}

function wordsOf(given: string): readonly string[] {
  return given
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function sourcesOf(given: string): readonly string[] {
  const words = wordsOf(given);
  const unheardOf = words.filter((word) => !sweepSources.some((source) => source === word));
  if (unheardOf.length > 0) throw new InvalidArgumentError(`There is no source ${unheardOf.join(', ')}.`);
  return words;
}

const marks: Readonly<Record<Status, readonly [word: string, colour: number]>> = {
  fail: ['FAIL', 31],
  unknown: ['UNKNOWN', 35],
  warn: ['WARN', 33],
  pass: ['PASS', 32],
};

/**
 * Worst first; what is wrong below each, and how many of each there are at the end. Checks that are unknown for want of the same
 * source are told as one. A quiet sweep where everything passes has no lines: nobody is mailed an empty text.
 */
export function sweepLines(
  { worst, checks, failed, without, unknown_checks: unheardOf }: Swept,
  { terminal, quiet }: { readonly terminal: Pick<Terminal, 'colour'>; readonly quiet: boolean },
): readonly string[] {
  if (quiet && worst === 'pass') return [];
  const lines: string[] = [];
  const marked = (of: Status, text: string): void => {
    const [word, colour] = marks[of];
    const mark = word.padEnd(7);
    lines.push(`${terminal.colour ? `\u001b[${colour}m${mark}\u001b[0m` : mark} ${text}`);
  };
  const unseen = new Map(failed.map(({ source, why }) => [`${source}: ${why}`, [] as string[]]));
  for (const { id, status: is, detail } of checks) if (is === 'unknown') unseen.get(detail)?.push(id);
  const told = new Set<string>();
  for (const check of checks) {
    if (quiet && check.status === 'pass') continue;
    const together = check.status === 'unknown' ? unseen.get(check.detail) : undefined;
    if (together !== undefined) {
      if (!told.has(check.detail)) {
        marked('unknown', check.detail);
        lines.push(`        not made: ${together.join(', ')}`);
      }
      told.add(check.detail);
      continue;
    }
    marked(check.status, `${check.id}: ${check.detail}`);
    for (const item of check.items) lines.push(`        ${item}`);
    if (check.next !== undefined && check.status !== 'pass') lines.push(`        next: ${check.next}`);
  }
  for (const [detail] of unseen) if (!told.has(detail)) marked('unknown', detail);
  for (const id of unheardOf) marked('unknown', `${id}: there is no such check`);
  if (without.length > 0) lines.push(`left out: ${without.join(', ')}`);
  const counts = status.options.map(
    (one) => `${checks.filter((check) => check.status === one).length} ${marks[one][0]}`,
  );
  lines.push(counts.join(', '));
  return lines;
}
