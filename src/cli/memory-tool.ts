#!/usr/bin/env node
import { processEnvironment } from '../config/environment.ts';
import { runMemoryTool } from './memory/run-memory-tool.ts';
import { processTerminal } from './terminal.ts';

/**
 * `memory-tool`: the memories of this machine's agents, by hand and for hooks. A prompt waits for `hook recall`, so nothing heavy
 * is loaded before a command needs it.
 */
const environment = processEnvironment();
process.exitCode = await runMemoryTool(process.argv.slice(2), {
  terminal: processTerminal(environment),
  environment,
  cwd: process.cwd(),
  input: process.stdin,
});
