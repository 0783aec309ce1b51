/**
 * PreToolUse hook for Bash: reads a shell command as a shell would, without running it, and denies what changes the homelab
 * past the human gate or prints a secret; the reason names the tool of the catalogue that does it the legal way.
 *
 * It is a seat belt and a signpost. The boundary is that the agent's host holds no write credentials: docs/guard.md.
 * Client's contract: exit 0 with a JSON decision on stdout, or exit 2 with words on stderr; any other end lets the command run.
 */
import { askDaemon } from './daemon.ts';
import { type Decision, decide, unreadable } from './decide.ts';
import type { Edit } from './edits.ts';
import { dataDirectory } from './places.ts';
import { readInput } from './read-input.ts';

// An import statement of a module of Node costs 3 ms of every command.
const { readFileSync, readSync, writeSync } = process.getBuiltinModule('node:fs');

function decideInput(): Decision {
  let input: string | undefined;
  try {
    input = readInput((into) => readSync(0, into));
  } catch {
    // No input, no command: nothing is known to be ours.
    return { exit: 0 };
  }
  return input === undefined ? unreadable : decide(input);
}

async function whatTheDaemonSays(edit: Edit): Promise<readonly string[]> {
  try {
    // Of hooks/guard.mjs, which is made of this.
    const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../package.json`, 'utf8'));
    return await askDaemon(dataDirectory(process.env, process.cwd()), String(version), edit);
  } catch {
    // The denial stands without it.
    return [];
  }
}

/** False where nobody takes it. An error that is thrown here would end the hook with a code that lets the command run. */
function written(descriptor: 1 | 2, text: string): boolean {
  try {
    writeSync(descriptor, `${text}\n`);
    return true;
  } catch {
    return false;
  }
}

const { exit, reason, edit, words } = decideInput();
process.exitCode = exit;
if (words !== undefined) written(2, words);
if (reason !== undefined) {
  const says = edit === undefined ? [] : await whatTheDaemonSays(edit);
  const permissionDecisionReason = [reason, ...says].join('\n');
  const hookSpecificOutput = { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason };
  if (!written(1, JSON.stringify({ hookSpecificOutput }))) {
    process.exitCode = 2;
    written(2, permissionDecisionReason);
  }
}
