import { Command } from 'commander';
import { readBuild } from '../server/build.ts';
import { auditCommand } from './audit.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { callCommand } from './call.ts';
import { completionCommand } from './completion.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { fingerprinterCommand } from './fingerprinter.ts';
import { incidentCommand } from './incident/command.ts';
import { initCommand } from './init.ts';
import { installCommand } from './install/command.ts';
import { uninstallCommand } from './install/uninstall.ts';
import { changesCommand } from './keep/changes.ts';
import { enrolCommand } from './keep/enrol.ts';
import { freezeCommand } from './keep/freeze.ts';
import { keepCommand } from './keep/keep.ts';
import { showCommand } from './keep/show.ts';
import { redactionCommand } from './redaction.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { sweepCommand } from './sweep.ts';
import type { CliContext } from './terminal.ts';
import { tokenCommand } from './token.ts';
import { toolsCommand } from './tools.ts';
import { vaultCommand } from './vault.ts';

/** The whole command tree. The docs are generated from it. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('castellan')
    .description('One MCP server through which AI agents look at a homelab and propose changes.')
    .version(readBuild().version)
    .option('--config <file>', 'castellan.yaml to use (also CASTELLAN_CONFIG)')
    .option('--home <directory>', 'data directory (also CASTELLAN_HOME)')
    .showHelpAfterError('run with --help to see what there is');
  program.addCommand(serveCommand(context));
  program.addCommand(
    new Command('mcp').description('MCP over stdin and stdout for one agent session; starts the daemon when none runs'),
  );
  program.addCommand(callCommand(context));
  program.addCommand(toolsCommand(context));
  program.addCommand(statusCommand(context));
  program.addCommand(doctorCommand(context));
  program.addCommand(sweepCommand(context));
  program.addCommand(incidentCommand(context));
  program.addCommand(initCommand(context));
  program.addCommand(keepCommand(context));
  program.addCommand(fingerprinterCommand(context));
  program.addCommand(freezeCommand(context));
  program.addCommand(changesCommand(context));
  program.addCommand(showCommand(context));
  program.addCommand(enrolCommand(context));
  program.addCommand(installCommand(context));
  program.addCommand(uninstallCommand(context));
  program.addCommand(configCommand(context));
  program.addCommand(vaultCommand(context));
  program.addCommand(tokenCommand(context));
  program.addCommand(redactionCommand(context));
  program.addCommand(auditCommand(context));
  program.addCommand(backupCommand(context));
  program.addCommand(restoreCommand(context));
  program.addCommand(completionCommand(context));
  return program;
}
