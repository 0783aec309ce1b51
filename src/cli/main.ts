#!/usr/bin/env node
import { processEnvironment } from '../config/environment.ts';

/**
 * The command line. `mcp` is on the path of every agent session's start, so it is recognised before anything heavy is
 * loaded; every other command goes through the program.
 */
const [, , ...words] = process.argv;
const environment = processEnvironment();

if (isPlainMcp(words)) {
  // Before anything else is loaded: what prints while it is imported must not reach the protocol.
  const { claimStdout } = await import('../server/shim/stdout.ts');
  const output = claimStdout();
  const { serveStdin } = await import('./mcp.ts');
  process.exitCode = await serveStdin(words, environment, output);
} else {
  const [{ buildProgram }, { runCommand }, { processTerminal }, { catalogue }] = await Promise.all([
    import('./program.ts'),
    import('./run-command.ts'),
    import('./terminal.ts'),
    import('../../tools/catalogue.ts'),
  ]);
  const terminal = processTerminal(environment);
  const program = buildProgram({ terminal, environment, cwd: process.cwd(), groups: catalogue });
  process.exitCode = await runCommand(program, words, terminal);
}

/** `castellan [--config F] [--home D] mcp`, and nothing else. */
function isPlainMcp(args: readonly string[]): boolean {
  const rest = [...args];
  const at = rest.indexOf('mcp');
  if (at === -1) return false;
  rest.splice(at, 1);
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (/^--(config|home)=/.test(word)) continue;
    if (word !== '--config' && word !== '--home') return false;
    if (rest.shift() === undefined) return false;
  }
  return true;
}
