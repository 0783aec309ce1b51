import type { z } from 'zod';
import type { JsonObject } from './json.ts';
import type { PortKeys, Ports, Provided } from './port.ts';
import type { Tool, ToolContext } from './tool.ts';

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

/**
 * What an operator asks of the daemon through a command line of its own: as a tool is, audited and redacted, but it answers
 * with data for a program. An agent of the same user can ask it too, so its effect is one that a tool may have.
 */
export interface OperatorCommand<P = unknown> {
  /** As audited: `memory.export`. Begins with the group's name and a dot. */
  readonly name: string;
  readonly effect: 'read' | 'record';
  /** A strict object. */
  readonly input: z.ZodObject;
  /** `context` has no page and no room: a program asks for the next part itself, and cuts nothing. */
  run(input: Readonly<Record<string, unknown>>, context: Omit<ToolContext<P>, 'page' | 'room'>): Promise<JsonObject>;
}

interface CommandDefinition<P, Input extends z.ZodObject> extends Omit<OperatorCommand<P>, 'input' | 'run'> {
  readonly input: Input;
  run(input: z.output<Input>, context: Omit<ToolContext<P>, 'page' | 'room'>): Promise<JsonObject>;
}

/** Binds a group's ports, so that each command's input type is inferred from its own schema. */
export function commandsFor<P>(): {
  defineCommand<Input extends z.ZodObject>(definition: CommandDefinition<P, Input>): OperatorCommand<P>;
} {
  return {
    // What is handed on was parsed by this schema: once, so that it may hold what is read into another form.
    defineCommand: (definition) =>
      Object.freeze({
        ...definition,
        run: (input: Readonly<Record<string, unknown>>, context: Omit<ToolContext<P>, 'page' | 'room'>) =>
          definition.run(input as z.output<typeof definition.input>, context),
      }),
  };
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
  /** Its section may be left out: then it is there with its defaults. `false` in its place takes it away. */
  readonly withoutConfig?: true;
  /** Beside its tools. */
  readonly commands?: readonly OperatorCommand[];
  /** It keeps watch: connected when the daemon has started, and not when its first tool is called. */
  readonly eager?: boolean;
  /** Stored without their ports' type: `run` is a method, so unlike tools share one list; `connect` is the only source of ports. */
  readonly tools: readonly Tool[];
  connect(config: unknown, required: Readonly<Record<string, unknown>>): Promise<Connection<unknown>>;
}

interface GroupDefinition<Config extends z.ZodObject, Keys extends PortKeys, P>
  extends Omit<Group, 'config' | 'requires' | 'tools' | 'commands' | 'connect'> {
  readonly config: Config;
  readonly requires: Keys;
  readonly tools: readonly Tool<P>[];
  readonly commands?: readonly OperatorCommand<P>[];
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
