#!/usr/bin/env node
import { Command } from 'commander';
import { z } from 'zod';
import { processEnvironment } from '../config/environment.ts';
import { readBuild } from '../server/build.ts';
import { controlDaemon } from '../server/shim/daemon-link.ts';
import { daemonAddress, globalOptions } from './global-options.ts';
import { runCommand } from './run-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/**
 * `memory-tool`: the operator's hand on what Castellan keeps. This version keeps no memories yet; it says whether the
 * store they will live in is ready.
 */
const storeStatus = z.object({
  store: z.object({
    kind: z.string(),
    state: z.string(),
    features: z.object({ vector: z.boolean(), halfvec: z.boolean(), pgTrgm: z.boolean() }).optional(),
  }),
});

const environment = processEnvironment();
const terminal = processTerminal(environment);
process.exitCode = await runCommand(buildMemoryTool(terminal), process.argv.slice(2), terminal);

function buildMemoryTool({ out, err }: Terminal): Command {
  const program = new Command('memory-tool')
    .description('the store behind memories; this version keeps none yet')
    .version(readBuild().version)
    .option('--config <file>', 'castellan.yaml to use (also CASTELLAN_CONFIG)')
    .option('--home <directory>', 'data directory (also CASTELLAN_HOME)');
  program
    .command('doctor')
    .description('say whether the store is open and which kinds of search it can do')
    .action(async (_options, command: Command) => {
      const address = daemonAddress(globalOptions(command), { environment, cwd: process.cwd(), groups: [] });
      const reached = await controlDaemon(address, 'status');
      if (reached === undefined) {
        err(`no daemon runs on ${address.home}, so the store is not open; start one with \`castellan serve\``);
        process.exitCode = 1;
        return;
      }
      const { store } = storeStatus.parse(reached.answer);
      out(`store     ${store.kind}, ${store.state}`);
      const { features } = store;
      out(`vectors   ${features === undefined ? 'unknown' : yesNo(features.vector)}`);
      out(`halfvec   ${features === undefined ? 'unknown' : yesNo(features.halfvec)}`);
      out(`trigrams  ${features === undefined ? 'unknown' : yesNo(features.pgTrgm)}`);
    });
  return program;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
