import { join } from 'node:path';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { keepPort } from '../change/wire/keep-port.ts';
import { type Config, prepareHome } from '../config/index.ts';
import { createCursors, type Group, type JsonObject, provide } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { redactorPort } from '../redaction/port.ts';
import { lendFolders } from '../store/data-folder.ts';
import { databasePort, foldersPort, logPort } from '../store/port.ts';
import { listenOnAgentSocket } from './agent-socket.ts';
import { shippedAgents } from './agents/shipped-agents.ts';
import { createCallTool } from './call.ts';
import { openGroups } from './groups.ts';
import { type Build, type ControlVerb, type Hello, isOlder, protocol, schema } from './handshake.ts';
import { type Authenticate, authenticateByToken, type HttpHandlerFor, listenOnHttp } from './http/http-listener.ts';
import { idleTimer } from './idle.ts';
import { createInputGuard } from './input-guard.ts';
import { renderInstructions } from './instructions.ts';
import { redactionMode } from './known-standing.ts';
import { supplyKnownValues } from './known-values.ts';
import { createLog, lentLog } from './log.ts';
import { createFactories } from './mcp.ts';
import { createMetrics } from './metrics.ts';
import { offeredPrompts, offeredResources } from './offered.ts';
import { createRunCommand } from './operator-commands.ts';
import { serveOperator } from './operator-connection.ts';
import { createReadResource } from './read-resource.ts';
import { createRunning } from './running.ts';
import type { Served } from './served.ts';
import { describeState } from './status.ts';
import { prepareStore } from './store-behind.ts';
import { fileTokenVerifier } from './tokens.ts';

/**
 * The agent plane, assembled. It starts in the order of what could go wrong: data directory, lock, socket; the store
 * opens behind the socket, so that a client's first lists do not wait for the database, and every call does.
 *
 *  starting → serving → draining (no new connections; running calls end) → stopped
 */
export interface DaemonOptions {
  readonly config: Config;
  readonly catalogue: readonly Group[];
  readonly build: Build;
  /** End some time after the last client left: for a daemon that a session started. */
  readonly leaveWhenIdle: boolean;
  readonly settleMs?: number;
  /** Where its log goes; stderr unless said. */
  readonly logTo?: { write(line: string): void };
  readonly conformance?: ConformanceServing;
}

/** How the protocol tests are served: without tokens, with fixtures beside the catalogue. */
export interface ConformanceServing {
  readonly authenticate: Authenticate;
  decorate(server: McpServer): void;
  verifyState(state: string, context: ServerContext): Promise<unknown>;
  readonly handlerFor: HttpHandlerFor;
}

export interface Daemon {
  readonly socket: string;
  readonly url: string | undefined;
  readonly served: Served;
  readonly stopped: Promise<void>;
  stop(reason: string): void;
}

/** What was running at a shutdown ends at once; its audit rows are written within this time. */
const settleMs = 10_000;

export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, build } = options;
  prepareHome(config);
  const startedAt = new Date();
  const now = (): Date => new Date();
  const redactor = createRedactor();
  const known = createKnownValues();
  redactor.addLayer(known.layer);
  const log = createLog(config.log.level, redactor, options.logTo);
  const metrics = createMetrics();
  const closing = new AbortController();

  await using opened = new AsyncDisposableStack();
  const store = opened.use(prepareStore({ config, build, log, socket: socketOf(config) }));
  const groups = opened.use(
    openGroups({
      catalogue: options.catalogue,
      slices: config.groups,
      base: [
        provide(redactorPort, redactor),
        provide(databasePort, store.database),
        provide(logPort, lentLog(log)),
        provide(foldersPort, lendFolders(config.home)),
      ],
      log,
    }),
  );
  const { served } = groups;
  const { promise: asked, resolve: stop, reject: fail } = Promise.withResolvers<string>();
  const idle = idleTimer(options.leaveWhenIdle, () => stop('idle'));
  const running = createRunning(idle.changed);
  const mode = redactionMode(config.groups);
  const supply =
    mode === undefined
      ? undefined
      : opened.use(supplyKnownValues({ mode, keep: groups.reach(keepPort), known, log, now }));
  if (supply !== undefined) metrics.showKnownValues(() => supply.standing(now()));
  const guard = createInputGuard({ known, metrics, log, now });
  const answering = { redactor, audit: store.audit, metrics, running, log, guard, supply, now };
  const state = () =>
    describeState(
      {
        build,
        pid: process.pid,
        home: config.home,
        config: config.file,
        startedAt,
        clients: socket.clients,
        http: http?.url,
        store: store.state(),
        served,
        knownValues: supply?.standing(now()),
      },
      now(),
    );
  const factoryFor = createFactories({
    build,
    served,
    call: createCallTool({ ...answering, cursors: createCursors(store.cursorKey) }),
    readResource: createReadResource(answering),
    instructions: () => redactor.text(renderInstructions(served)).text,
    resources: offeredResources(state),
    prompts: offeredPrompts({ served, agents: shippedAgents(), redactor, now }),
    closing: closing.signal,
    ...(options.conformance === undefined
      ? {}
      : { decorate: options.conformance.decorate, verifyState: options.conformance.verifyState }),
  });

  const control = async (verb: ControlVerb, clients: number): Promise<JsonObject> => {
    if (verb === 'status') return state();
    if (verb === 'retire') {
      if (clients > 0) return { retired: false, clients };
      setImmediate(stop, 'replaced by a newer build');
      return { retired: true };
    }
    return verb === 'backup' ? store.backUp() : store.verifyAudit();
  };

  const socketPrincipal = Object.freeze({
    agent: `agent:${config.socket.agent}`,
    human: `human:${config.socket.human}`,
    via: 'socket',
    scopes: config.socket.scopes,
  } as const);
  const run = createRunCommand({ ...answering, served });
  const socket = opened.use(
    await listenOnAgentSocket({
      path: socketOf(config),
      redactor,
      log,
      factory: factoryFor(() => socketPrincipal),
      welcome: () => ({ castellan: protocol, build, schema, config: config.file ?? null, pid: process.pid }),
      refuse: (hello) => refusalFor(hello, config, build),
      control,
      operator: (connection, by) => {
        const caller = { principal: socketPrincipal, client: `castellan-operator ${by.version}`.slice(0, 100) };
        serveOperator(connection, { caller, run, redactor, log, closing: closing.signal });
      },
      onClients: (change) => {
        metrics.clients('socket', change);
        idle.changed(change);
      },
    }),
  );
  const http =
    config.http === undefined
      ? undefined
      : opened.use(
          await listenOnHttp({
            ...config.http,
            factoryFor,
            authenticate: options.conformance?.authenticate ?? authenticateByToken(fileTokenVerifier(config.home), now),
            ...(options.conformance === undefined ? {} : { handlerFor: options.conformance.handlerFor }),
            redactor,
            metrics,
            log,
            notReady: () => (store.state().state === 'open' ? undefined : `the store is ${store.state().state}`),
          }),
        );
  log.info({ version: build.version, home: config.home, http: http?.url ?? null }, 'daemon.serving');

  const opening = store.open();
  opening.then(() => groups.connectEager(), fail);

  const everything = opened.move();
  /** Rows of calls that came before the database was open are written once it is, and it is waited for in any case. */
  const settled = async (): Promise<boolean> => {
    const most = options.settleMs ?? settleMs;
    if (await running.settled(most)) return true;
    await Promise.allSettled([opening]);
    return running.settled(most);
  };
  const drain = async (reason: string): Promise<void> => {
    log.info({ reason }, 'daemon.draining');
    idle.cancel();
    closing.abort();
    if (!(await settled())) log.error({}, 'daemon.calls.abandoned');
    await everything.disposeAsync();
    log.info({}, 'daemon.stopped');
  };
  const stopped = asked.then(drain, async (error: unknown) => {
    log.error({ err: error }, 'store.open.failed');
    await drain('the store could not be opened');
    throw error;
  });
  return { socket: socketOf(config), url: http?.url, served, stopped, stop };
}

function socketOf(config: Config): string {
  return join(config.home, 'agent.sock');
}

/** A caller with other expectations is told so at once, instead of being served from the wrong homelab. */
function refusalFor(hello: Hello, config: Config, build: Build): string | undefined {
  if (typeof hello.purpose === 'string' && hello.config !== null && hello.config !== (config.file ?? null)) {
    return `the daemon of ${config.home} serves ${config.file ?? 'no configuration file'}, and this client asks for ${hello.config}; stop that daemon, or use another data directory (CASTELLAN_HOME)`;
  }
  if (hello.schema > schema && !isOlder(build, hello.build)) {
    return `this client expects database schema ${hello.schema}, and the daemon has ${schema}; install one version of castellan`;
  }
  return undefined;
}
