import { Command, Option } from 'commander';
import type { Config } from '../config/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { readBuild } from '../server/build.ts';
import { conformanceProfile } from '../server/conformance/profile.ts';
import { endOnCrash } from '../server/crash.ts';
import { type Daemon, startDaemon } from '../server/daemon.ts';
import { createLog } from '../server/log.ts';
import { configFor, globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';

/** What `serve` listens on when the configuration says nothing: loopback, and a token is needed all the same. */
const defaultHttp = {
  host: '127.0.0.1',
  port: 7420,
  allowedHosts: [],
  allowedOrigins: [],
  bodyLimitBytes: 1_048_576,
  requestsPerMinute: 600,
} as const;

interface ServeOptions {
  readonly socketOnly?: true;
  readonly leaveWhenIdle?: true;
  readonly conformance?: true;
}

export function serveCommand(context: CliContext): Command {
  const command = new Command('serve')
    .description('run the daemon in the foreground: agent.sock, and HTTP on loopback')
    .addOption(new Option('--socket-only', 'no HTTP unless the configuration names a listener'))
    .addOption(new Option('--leave-when-idle', 'end 30 minutes after the last client left'))
    .addOption(
      new Option('--conformance', 'serve the protocol test fixtures without tokens; refuses any real adapter'),
    );
  return command.action(async (options: ServeOptions) => {
    const config = withHttp(configFor(globalOptions(command), context), options);
    endOnCrash(createLog(config.log.level, createRedactor()));
    const conformance = options.conformance === true ? conformanceProfile(config) : undefined;
    const daemon = await startDaemon({
      config,
      // The protocol's test suite is answered without tokens: nothing real is served beside its fixtures.
      catalogue:
        conformance === undefined ? context.groups : context.groups.filter((group) => group.withoutConfig !== true),
      build: readBuild(),
      leaveWhenIdle: options.leaveWhenIdle === true,
      ...(conformance === undefined ? {} : { conformance }),
    });
    introduce(daemon, config, context);
    await untilStopped(daemon);
  });
}

function withHttp(config: Config, options: ServeOptions): Config {
  return config.http !== undefined || config.httpRefused || options.socketOnly === true
    ? config
    : { ...config, http: defaultHttp };
}

/** What a person who just started it wants to know: where it is, what it sees, what is missing and how to add it. */
function introduce(daemon: Daemon, config: Config, { terminal }: CliContext): void {
  const { served } = daemon;
  terminal.err(`castellan ${readBuild().version} · data in ${config.home} · ${config.file ?? 'no castellan.yaml'}`);
  terminal.err(`  agents on this machine: castellan mcp (${daemon.socket})`);
  if (daemon.url !== undefined)
    terminal.err(`  agents over HTTP:       ${daemon.url} (make a token: castellan token create)`);
  for (const group of served.groups) terminal.err(`  configured:     ${group.name} — ${group.summary}`);
  for (const group of served.unconfigured) {
    terminal.err(`  not configured: ${group.name} — ${group.summary}`);
    terminal.err(`                  add to castellan.yaml: ${group.howToConfigure}`);
  }
  if (served.unconfigured.length > 0) terminal.err('  `castellan init` finds what is here and writes castellan.yaml');
}

async function untilStopped(daemon: Daemon): Promise<void> {
  const stop = (signal: NodeJS.Signals): void => daemon.stop(signal);
  // A terminal that is closed hangs up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  await daemon.stopped;
}
