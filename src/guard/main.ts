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
import { limits } from './limits.ts';
import { dataDirectory } from './places.ts';

// An import statement of a module of Node costs 3 ms of every command.
const { readFileSync, readSync, writeSync } = process.getBuiltinModule('node:fs');

/** Undefined where it is too long to be read. */
function readInput(): string | undefined {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const chunk = Buffer.alloc(65_536); ; ) {
    const size = readSync(0, chunk);
    if (size === 0) return Buffer.concat(chunks).toString();
    length += size;
    if (length > limits.input) return undefined;
    chunks.push(Buffer.from(chunk.subarray(0, size)));
  }
}

function decideInput(): Decision {
  let input: string | undefined;
  try {
    input = readInput();
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

const { exit, reason, edit, words } = decideInput();
if (reason !== undefined) {
  const says = edit === undefined ? [] : await whatTheDaemonSays(edit);
  const hookSpecificOutput = {
    hookEventName: 'PreToolUse',
    permissionDecision: 'deny',
    permissionDecisionReason: [reason, ...says].join('\n'),
  };
  writeSync(1, `${JSON.stringify({ hookSpecificOutput })}\n`);
}
if (words !== undefined) writeSync(2, `${words}\n`);
process.exitCode = exit;
