import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { HumanAtConsole } from './console/browser.ts';
import { mainFile } from './scratch-castellan.ts';

export interface Enrolled {
  readonly code: number | null;
  /** What the command printed. */
  readonly said: string;
  /** As the page showed it. */
  readonly fingerprint: string;
}

/** Root says who may sign, and a browser makes the passkeys with the one-time code that root was told. */
export async function enrolByRoot(
  human: HumanAtConsole,
  name: string,
  { configFile, home }: { readonly configFile: string; readonly home: string },
): Promise<Enrolled> {
  const command = spawn(process.execPath, [mainFile, 'enrol', name, '--config', configFile], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  for (const stream of [command.stdout, command.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      const [found] = /[a-z2-7]{5}(-[a-z2-7]{5}){3}/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  }
  const ended = new Promise<number | null>((done) => command.once('close', done));
  void ended.then(() => reject(new Error(`castellan enrol told no code:\n${said.join('\n')}`)));
  const fingerprint = await human.enrol(await code, name);
  return { code: await ended, said: said.join('\n'), fingerprint };
}
