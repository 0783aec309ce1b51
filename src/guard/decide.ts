import { type Edit, editOf } from './edits.ts';
import type { Finding } from './finding.ts';
import { anyGuarded } from './guarded.ts';
import { limits, Meter } from './limits.ts';
import { unmarked } from './marks.ts';
import { mayConcern } from './quick-look.ts';
import { reasonFor } from './reasons.ts';
import { Shell } from './shell.ts';

/** How the hook ends: the client lets the command run at exit 0 without a reason, and only then. */
export type Decision =
  | { readonly exit: 0; readonly reason?: never; readonly edit?: never; readonly words?: never }
  | { readonly exit: 0; readonly reason: string; readonly edit: Edit | undefined; readonly words?: never }
  | { readonly exit: 2; readonly words: string; readonly reason?: never; readonly edit?: never };

const passes: Decision = { exit: 0 };

export interface Examined {
  /** In the order of the text. */
  readonly findings: readonly Finding[];
  readonly commands: number;
}

/**
 * Reads a command as a shell would, without running it.
 * @throws SyntaxError for what no shell would take
 * @throws RangeError for what is too much
 */
export function examine(command: string, meter = new Meter()): Examined {
  if (command.length > limits.command) throw new RangeError('the command is too long');
  const shell = new Shell(meter);
  shell.script(unmarked(command), undefined);
  shell.finish();
  return { findings: shell.findings, commands: shell.commands };
}

/** For what the client wrote to the hook. */
export function decide(input: string): Decision {
  let command: unknown;
  try {
    command = commandOf(JSON.parse(input));
    if (command === undefined) return passes;
    if (typeof command !== 'string') throw new TypeError('the command is no text');
    return decideCommand(command);
  } catch {
    // Whatever it was, the client would run the command: it is stopped if it could be one of ours.
    const text = typeof command === 'string' ? command : input;
    const named = anyGuarded.test(text) || anyGuarded.test(text.replace(/["'\\]/g, ''));
    return named ? unreadable : passes;
  }
}

export const unreadable: Decision = {
  exit: 2,
  words:
    'Castellan could not read this command, and it names a program that can change the homelab. Write it simpler, or use the tools of castellan: kubectl_get, terragrunt_plan, change_propose.',
};

function decideCommand(command: string): Decision {
  if (!mayConcern(command)) return passes;
  const { findings, commands } = examine(command);
  const [first, ...others] = findings;
  if (first === undefined) return passes;
  const edit = findings.map(editOf).find((one) => one !== undefined);
  return { exit: 0, reason: reasonFor([first, ...others], commands), edit };
}

/** Undefined where another tool than Bash is asked about; null where the input is not the client's. */
function commandOf(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return null;
  if ('tool_name' in payload && payload.tool_name !== 'Bash') return undefined;
  const input = 'tool_input' in payload ? payload.tool_input : null;
  return typeof input === 'object' && input !== null && 'command' in input ? input.command : null;
}
