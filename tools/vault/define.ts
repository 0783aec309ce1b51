import type { z } from 'zod';
import { type Answer, type Tool, type ToolContext, toolsFor } from '../../src/kit/index.ts';
import type { VaultPorts } from './port.ts';

const { defineTool } = toolsFor<VaultPorts>();

interface Definition<Input extends z.ZodObject> extends Omit<Tool<VaultPorts>, 'input' | 'run'> {
  readonly input: Input;
  /** It has to answer when Vault answers nothing. */
  readonly answersAlone?: true;
  run(input: z.output<Input>, context: ToolContext<VaultPorts>): Promise<Answer>;
}

/** A tool that asks nothing with a token that is too strong, and where that is allowed says so in every answer. */
export function defineVaultTool<Input extends z.ZodObject>({
  answersAlone,
  ...definition
}: Definition<Input>): Tool<VaultPorts> {
  return defineTool({
    ...definition,
    run: async (input: z.output<Input>, context: ToolContext<VaultPorts>) => {
      const { strength, names } = context.ports;
      // Vault was away when the daemon connected: how strong the token is must be known before anything is asked with it.
      if (!strength.examined && answersAlone === undefined) await names.inventory(context.signal);
      strength.assertFit();
      const answer = await definition.run(input, context);
      // It may have been found while the answer was made.
      strength.assertFit();
      return { ...answer, notes: [...strength.notes(), ...(answer.notes ?? [])] };
    },
  });
}
