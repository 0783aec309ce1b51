import { Command, Option } from 'commander';
import { z } from 'zod';
import { auditExportCommand, verifyBundleCommand } from './keep/audit-bundle.ts';
import { throughDaemonOrStore } from './store-access.ts';
import type { CliContext } from './terminal.ts';

const auditReport = z.object({
  rows: z.number(),
  epochs: z.number(),
  anchored: z.number(),
  headFiles: z.number(),
  problems: z.array(
    z.object({ kind: z.string(), message: z.string(), epoch: z.string().optional(), seq: z.number().optional() }),
  ),
});

/** `castellan audit verify`: exit 1 when anything does not fit; `export` and `verify-bundle` are of the keep. */
export function auditCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('audit').description('the append-only record of every call');
  const verify = new Command('verify')
    .description('read the whole audit and report edited rows, recomputed chains and cut tails')
    .addOption(new Option('--json', 'as JSON'));
  verify.action(async (options: { json?: true }) => {
    const answer = await throughDaemonOrStore(verify, context, 'audit-verify', (store) => store.verifyAudit());
    const report = auditReport.parse(answer);
    if (options.json === true) terminal.out(JSON.stringify(report));
    else {
      for (const { kind, message } of report.problems) terminal.out(`FAIL ${kind}: ${message}`);
      const { rows, epochs, anchored, headFiles, problems } = report;
      terminal.out(
        `${rows} rows in ${epochs} chains, ${anchored} anchors and ${headFiles} head files checked: ${problems.length === 0 ? 'everything fits' : `${problems.length} problems`}`,
      );
    }
    if (report.problems.length > 0) process.exitCode = 1;
  });
  return command.addCommand(verify).addCommand(auditExportCommand(context)).addCommand(verifyBundleCommand(context));
}
