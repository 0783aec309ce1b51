import type { z } from 'zod';
import type { PortKeys, Ports, Provided } from './port.ts';
import type { Tool } from './tool.ts';

/** One thing a probe looked at. `unknown` when it could not be measured: never counted as healthy. */
export interface ProbeFinding {
  readonly check: string;
  readonly status: 'pass' | 'fail' | 'unknown';
  readonly detail: string;
  /** What to do about a `fail` or an `unknown`. */
  readonly next?: string;
}

/** A connected group: what its tools run against, what it lends to others, how it is asked for its health and let go. */
export interface Connection<P> extends AsyncDisposable {
  readonly ports: P;
  readonly provides?: readonly Provided[];
  probe(signal: AbortSignal): Promise<readonly ProbeFinding[]>;
}

export interface Group {
  readonly name: string;
  /** One line for the server's instructions and the docs. */
  readonly summary: string;
  /** Every tool's name starts with one of these and an underscore. */
  readonly prefixes: readonly string[];
  /** The key in castellan.yaml and the shape below it. A group without its key is not listed. */
  readonly configKey: string;
  readonly config: z.ZodObject;
  /** How an operator configures it, one line: shown where the group is missing. */
  readonly howToConfigure: string;
  /** Lines for the server's routing table: `pods, logs, events → kubectl_get before raw kubectl`. */
  readonly routing: readonly string[];
  readonly requires: PortKeys;
  readonly provides: readonly string[];
  /** It keeps watch: connected when the daemon has started, and not when its first tool is called. */
  readonly eager?: boolean;
  /** Stored without their ports' type: `run` is a method, so unlike tools share one list; `connect` is the only source of ports. */
  readonly tools: readonly Tool[];
  connect(config: unknown, required: Readonly<Record<string, unknown>>): Promise<Connection<unknown>>;
}

interface GroupDefinition<Config extends z.ZodObject, Keys extends PortKeys, P>
  extends Omit<Group, 'config' | 'requires' | 'tools' | 'connect'> {
  readonly config: Config;
  readonly requires: Keys;
  readonly tools: readonly Tool<P>[];
  connect(config: z.output<Config>, required: Ports<Keys>): Promise<Connection<P>>;
}

export function defineGroup<Config extends z.ZodObject, Keys extends PortKeys, P>(
  definition: GroupDefinition<Config, Keys, P>,
): Group {
  return Object.freeze({
    ...definition,
    connect: (config: unknown, required: Readonly<Record<string, unknown>>) =>
      definition.connect(definition.config.parse(config), required as Ports<Keys>),
  });
}
