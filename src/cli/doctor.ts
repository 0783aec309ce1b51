import { Command, Option } from 'commander';
import type { ProbeFinding } from '../kit/index.ts';
import { readBuild } from '../server/build.ts';
import { configuredCheck, diagnose } from '../server/doctor.ts';
import { configFor, globalOptions } from './global-options.ts';
import { type CliContext, mark } from './terminal.ts';

/**
 * `castellan doctor`: worst first; exit 1 when anything failed or could not be measured. What nobody configured is told, and is a
 * fault only where nothing is configured at all.
 */
export function doctorCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('doctor')
    .description('check what is reachable and with which rights, which boundary holds, and what is missing')
    .addOption(new Option('--json', 'as JSON'));
  return command.action(async (options: { json?: true }) => {
    const config = configFor(globalOptions(command), context);
    if (terminal.interactive) terminal.err('… checking');
    const findings = await diagnose({
      config,
      catalogue: context.groups,
      environment: context.environment,
      build: readBuild(),
      signal: AbortSignal.timeout(30_000),
    });
    if (options.json === true) terminal.out(JSON.stringify(findings));
    else for (const finding of worstFirst(findings)) print(finding, context);
    const missing = findings.filter(isUnconfigured).length;
    const isFaulty = findings.some((finding) => finding.status !== 'pass' && !isUnconfigured(finding));
    const configurable = context.groups.filter((group) => group.withoutConfig !== true).length;
    if (isFaulty || missing >= configurable) process.exitCode = 1;
  });
}

function isUnconfigured({ check, status }: ProbeFinding): boolean {
  return check === configuredCheck && status === 'unknown';
}

const severity = { fail: 0, unknown: 1, pass: 2 } as const;

function worstFirst<Finding extends ProbeFinding>(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => severity[a.status] - severity[b.status]);
}

function print(finding: ProbeFinding & { readonly group: string }, { terminal }: CliContext): void {
  terminal.out(`${mark(terminal, finding.status)} ${finding.group}: ${finding.check} — ${finding.detail}`);
  if (finding.next !== undefined) terminal.out(`         → ${finding.next}`);
}
