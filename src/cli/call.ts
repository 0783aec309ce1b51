import { Command, Option } from 'commander';
import type { JsonValue, Tool } from '../kit/index.ts';
import { askTool } from './ask-tool.ts';
import type { CliContext } from './terminal.ts';
import { flagsOf, inputOf } from './tool-flags.ts';

/** `castellan call <tool>`: the flags come from the tool's schema. */
export function callCommand(context: CliContext): Command {
  const command = new Command('call').description("call a tool as an agent would; flags come from the tool's schema");
  for (const tool of context.groups.flatMap((group) => group.tools)) command.addCommand(toolCommand(tool, context));
  return command;
}

function toolCommand(tool: Tool, context: CliContext): Command {
  const command = new Command(tool.name).description(tool.description);
  for (const flag of flagsOf(tool)) command.addOption(flag);
  command.addOption(new Option('--json', 'print the whole result as JSON'));
  return command.action((options: Record<string, JsonValue>) =>
    askTool(tool.name, inputOf(tool, options), { command, context, json: options['json'] === true }),
  );
}
