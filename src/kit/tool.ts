import { z } from 'zod';
import type { Answer } from './answer.ts';
import { budgets } from './answer.ts';
import type { Effect } from './effect.ts';
import type { JsonValue } from './json.ts';
import type { Principal } from './principal.ts';

/** What a tool is given besides its input. */
export interface ToolContext<Ports> {
  readonly ports: Ports;
  readonly principal: Principal;
  /** Fires on client cancel, at the deadline, or at shutdown. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Tells a waiting client how far a long call is. */
  progress(message: string, done?: number, total?: number): void;
  readonly page: Page;
  /** Bytes this answer may take. */
  readonly room: number;
}

/** Reads the position a caller's cursor carries and mints the next one. */
export interface Page {
  /** `undefined` on the first page. */
  readonly position: JsonValue | undefined;
  mint(position: JsonValue): string;
}

export interface Tool<Ports = unknown> {
  /** As served, with the group's prefix: `kubectl_logs` in tools/kubectl/logs.ts. */
  readonly name: string;
  readonly title: string;
  /** What it answers and when to use it instead of the raw command; ≤ 300 characters. */
  readonly description: string;
  readonly effect: Effect;
  /** A strict object: an unknown argument is an error, never ignored. */
  readonly input: z.ZodObject;
  /** Only tools that answer with a `record` have one. */
  readonly output?: z.ZodObject;
  /** Words a client's tool search should also find it by. */
  readonly searchHint?: string;
  /** Asked for by name in almost every session: loaded up front. */
  readonly alwaysLoad?: boolean;
  run(input: Readonly<Record<string, unknown>>, context: ToolContext<Ports>): Promise<Answer>;
}

interface ToolDefinition<Ports, Input extends z.ZodObject> extends Omit<Tool<Ports>, 'input' | 'run'> {
  readonly input: Input;
  run(input: z.output<Input>, context: ToolContext<Ports>): Promise<Answer>;
}

/** Binds a group's ports, so that each tool's input type is still inferred from its own schema. */
export function toolsFor<Ports>(): {
  defineTool<Input extends z.ZodObject>(definition: ToolDefinition<Ports, Input>): Tool<Ports>;
} {
  return {
    defineTool: (definition) =>
      Object.freeze({
        ...definition,
        run: (input: Readonly<Record<string, unknown>>, context: ToolContext<Ports>) =>
          definition.run(definition.input.parse(input), context),
      }),
  };
}

/** Arguments that mean the same in every tool. */
export const commonFields = {
  cursor: z.string().max(2_000).optional().describe('next_cursor'),
  budget: z
    .number()
    .int()
    .min(budgets.floor)
    .max(budgets.ceiling)
    .optional()
    .describe(`bytes, ${budgets.standard} unless said`),
} as const;
