import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';
import { type Command, lastLines, startDetached } from './process.ts';

/**
 * Runs a program to its end. While it runs it is written down like a part, so that `down` stops it when whoever started it is
 * gone: it would otherwise go on writing into a folder that is being removed.
 */
export async function runToEnd(lab: Lab, name: string, needs: readonly string[], command: Command): Promise<void> {
  const { running, exitCode } = await startDetached(command);
  const record = { part: name, ...running, needs: [...needs], ports: [], log: command.log };
  lab.state.processes.push(record);
  lab.save();
  while (exitCode() === undefined) await sleep(25, undefined, { signal: lab.signal });
  lab.state.processes = lab.state.processes.filter((one) => one !== record);
  lab.save();
  if (exitCode() !== 0) throw new Error(`${name} ended with ${exitCode()}:\n${lastLines(command.log)}`);
}
