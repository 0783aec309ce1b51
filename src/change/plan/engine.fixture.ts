import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A real engine in a folder of its own, with nothing but its built-in provider. */
export interface Engine extends Disposable {
  write(source: string): void;
  apply(...flags: readonly string[]): Promise<void>;
  /** `show -json` of a plan; one that ended in errors is read all the same. */
  plan(...flags: readonly string[]): Promise<string>;
  run(...command: readonly string[]): Promise<string>;
}

export async function startEngine(program: string): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-plan-'));
  const run = async (...command: readonly string[]): Promise<string> => {
    const done = await execa(program, command, {
      cwd: folder,
      env: { HOME: folder, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
    });
    return done.stdout;
  };
  await run('init', '-input=false');
  return {
    run,
    write: (source) => writeFileSync(join(folder, 'main.tf'), source),
    apply: async (...flags) => {
      await run('apply', '-auto-approve', '-input=false', '-no-color', ...flags);
    },
    plan: async (...flags) => {
      rmSync(join(folder, 'plan'), { force: true });
      await run('plan', '-input=false', '-no-color', '-out=plan', ...flags);
      return run('show', '-json', 'plan');
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
