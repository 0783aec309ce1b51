import { Command } from 'commander';
import { z } from 'zod';
import { defineErrors } from '../../kit/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { CliContext } from '../terminal.ts';

const reportError = defineErrors({
  'report-missing': {
    audience: 'operator',
    meaning: 'Nobody has drafted a report of that incident, or not that version.',
  },
});

const answered = z.object({
  dossier: z.object({
    reports: z.array(
      z.object({
        version: z.int(),
        final: z.boolean(),
        markdown: z.string(),
        problems: z.array(z.object({ rule: z.string(), severity: z.string(), path: z.string(), message: z.string() })),
      }),
    ),
  }),
});

/** The newest version of a report, whole; an answer of a tool would be cut to its budget. */
export function reportCommand(context: CliContext): Command {
  const command = new Command('report')
    .description('print the newest report of an incident as Markdown; its problems go to stderr')
    .argument('<incident>', 'inc_…')
    .option('--of-version <number>', 'an earlier version');
  return command.action(async (incident: string, { ofVersion }: { ofVersion?: string }) => {
    const { terminal } = context;
    await using daemon = await askDaemon(command, context);
    const { dossier } = answered.parse(await daemon.request('incident.export', { incident }));
    const report = dossier.reports.findLast(({ version }) => ofVersion === undefined || version === Number(ofVersion));
    if (report === undefined) {
      const there = dossier.reports.map(({ version }) => version);
      throw reportError('report-missing', {
        message: there.length === 0 ? `${incident} has no report yet` : `${incident} has versions ${there.join(', ')}`,
        next: there.length === 0 ? 'an agent drafts one with post_mortem_draft' : 'give one of them',
      });
    }
    terminal.out(report.markdown.trimEnd());
    for (const { rule, severity, path, message } of report.problems) {
      terminal.err(`${severity} ${rule} ${path}: ${message}`);
    }
    if (!report.final) terminal.err(`version ${report.version} is a draft`);
  });
}
