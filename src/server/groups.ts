import {
  type Connection,
  defineErrors,
  type Group,
  type PortKey,
  type ProbeFinding,
  type Provided,
  type Reach,
} from '../kit/index.ts';
import type { Log } from './log.ts';
import type { Served, ServedCommand, ServedTool } from './served.ts';

const groupError = defineErrors({
  'group-unavailable': {
    audience: 'operator',
    meaning: 'A configured group could not be connected; its tools are listed and refuse until it can.',
  },
});

/** How long a failed connection is remembered before the next call tries again. */
const retryAfterMs = 5_000;

export interface Groups extends AsyncDisposable {
  readonly served: Served;
  /** Connects the groups that keep watch. One that cannot be connected is logged, and tried again by its tools. */
  connectEager(): Promise<void>;
  /** For the daemon itself: what a configured group lends, as other groups reach for it. Undefined where none lends it. */
  reach<Port>(key: PortKey<Port>): Reach<Port> | undefined;
  /** Every configured group's own account of its health; a group that cannot be connected is a finding too. */
  probe(signal: AbortSignal): Promise<readonly (ProbeFinding & { readonly group: string })[]>;
}

export interface GroupsOptions {
  readonly catalogue: readonly Group[];
  readonly slices: ReadonlyMap<string, unknown>;
  /** Ports the daemon itself lends: the redactor, the database. */
  readonly base: readonly Provided[];
  readonly log: Log;
}

/**
 * Connects the configured groups, each when its first tool is called, after the groups whose ports it requires. A cycle,
 * or a requirement nobody provides, is a fault of the catalogue and throws at once. An optional requirement is reached for
 * when it is used, so that its provider may be missing or away.
 */
export function openGroups({ catalogue, slices, base, log }: GroupsOptions): Groups {
  const configured = catalogue.filter((group) => slices.has(group.configKey));
  const providers = new Map(configured.flatMap((group) => group.provides.map((name) => [name, group] as const)));
  const lent = new Map(base.map(({ key, port }) => [key.name, port]));
  const links = new Map(inOrder(configured, providers, lent).map((group) => [group.name, new Link(group)]));

  const providedPort = async (key: PortKey<unknown>): Promise<unknown> => {
    if (lent.has(key.name)) return lent.get(key.name);
    const provider = providers.get(key.name);
    const connection = provider === undefined ? undefined : await connect(provider);
    return connection?.provides?.find((provided) => provided.key.name === key.name)?.port;
  };

  const reach = <Port>(key: PortKey<Port>): Reach<Port> | undefined =>
    lent.has(key.name) || providers.has(key.name) ? async () => (await providedPort(key)) as Port : undefined;

  const requiredPort = async (key: PortKey<unknown>): Promise<unknown> => {
    return key.optional === true ? reach(key) : providedPort(key);
  };

  const connect = async (group: Group): Promise<Connection<unknown>> => {
    const link = links.get(group.name);
    if (link === undefined) throw new Error(`group ${group.name} is not configured`);
    return link.connect(async () => {
      const required: Record<string, unknown> = {};
      for (const [name, key] of Object.entries(group.requires)) required[name] = await requiredPort(key);
      const connection = await group.connect(slices.get(group.configKey), required);
      log.info({ group: group.name }, 'group.connected');
      return connection;
    });
  };

  const portsOf = (group: Group) => async () => (await connect(group)).ports;
  const tools = new Map<string, ServedTool>(
    configured.flatMap((group) => group.tools.map((tool) => [tool.name, { tool, ports: portsOf(group) }] as const)),
  );
  const commands = new Map<string, ServedCommand>(
    configured.flatMap((group) =>
      (group.commands ?? []).map((command) => [command.name, { command, ports: portsOf(group) }] as const),
    ),
  );

  let closed = false;

  return {
    connectEager: async () => {
      for (const group of configured.filter(({ eager }) => eager === true)) {
        if (closed) return;
        await connect(group).catch((error: unknown) =>
          log.warn({ err: error, group: group.name }, 'group.unavailable'),
        );
      }
    },
    served: {
      tools,
      commands,
      groups: configured,
      unconfigured: catalogue.filter((group) => !slices.has(group.configKey)),
    },
    reach,
    probe: async (signal) => {
      const findings = await Promise.all(
        configured.map(async (group) => {
          try {
            const connection = await connect(group);
            return (await connection.probe(signal)).map((finding) => ({ group: group.name, ...finding }));
          } catch (error) {
            return [{ group: group.name, check: 'connect', status: 'fail' as const, ...describe(error) }];
          }
        }),
      );
      return findings.flat();
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      // Those that require go before those that provide: a provider outlives what it lent.
      for (const link of [...links.values()].reverse()) await link.close();
    },
  };
}

function describe(error: unknown): { detail: string; next?: string } {
  if (!(error instanceof Error)) return { detail: 'unknown failure' };
  return 'next' in error && typeof error.next === 'string'
    ? { detail: error.message, next: error.next }
    : { detail: error.message };
}

/** One group's connection: shared by concurrent first calls, kept while it lives, tried again after a failure. */
class Link {
  readonly #group: Group;
  #pending: Promise<Connection<unknown>> | undefined;
  #failed: { readonly at: number; readonly error: unknown } | undefined;

  constructor(group: Group) {
    this.#group = group;
  }

  async connect(open: () => Promise<Connection<unknown>>): Promise<Connection<unknown>> {
    if (this.#failed !== undefined && performance.now() - this.#failed.at < retryAfterMs) throw this.#failed.error;
    this.#pending ??= open();
    try {
      return await this.#pending;
    } catch (error) {
      this.#pending = undefined;
      const reported =
        error instanceof Error && error.name === 'CastellanError'
          ? error
          : groupError('group-unavailable', {
              message: `the group ${this.#group.name} could not be connected`,
              next: 'ask the operator to run `castellan doctor`',
              cause: error,
            });
      this.#failed = { at: performance.now(), error: reported };
      throw reported;
    }
  }

  async close(): Promise<void> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    const connection = await pending.catch(() => undefined); // never connected: nothing to let go
    await connection?.[Symbol.asyncDispose]();
  }
}

/** Providers before those that require them. Two may reach for each other where one of the two can do without. */
function inOrder(
  configured: readonly Group[],
  providers: ReadonlyMap<string, Group>,
  lent: ReadonlyMap<string, unknown>,
): readonly Group[] {
  const finished = new Set<Group>();
  const visit = (group: Group, path: readonly Group[]): void => {
    if (finished.has(group)) return;
    if (path.includes(group))
      throw new Error(`groups require each other: ${[...path, group].map((g) => g.name).join(' → ')}`);
    for (const key of Object.values(group.requires)) {
      if (lent.has(key.name)) continue;
      const provider = providers.get(key.name);
      if (provider === undefined) {
        if (key.optional === true) continue;
        throw new Error(`group ${group.name} requires the port ${key.name}, which no configured group provides`);
      }
      if (key.optional !== true || ![...path, group].includes(provider)) visit(provider, [...path, group]);
    }
    finished.add(group);
  };
  for (const group of configured) visit(group, []);
  return [...finished];
}
