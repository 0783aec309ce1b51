import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { build } from './build.ts';
import { openCache } from './cache.ts';
import { down } from './down.ts';
import { labEnv, runningLab, shellEnv } from './env.ts';
import { withLock } from './lock.ts';
import { fewestPods } from './sample/workload.ts';
import { labNames, statePath } from './state.ts';
import { renderStatus, status } from './status.ts';
import { up } from './up.ts';

/** What is meant for another program goes to stdout; what a person watches goes to stderr. */
const print = (text: string) => process.stdout.write(text);
const say = (line: string) => process.stderr.write(`${line}\n`);
const json = (value: unknown) => print(`${JSON.stringify(value, null, 2)}\n`);

const program = new Command('lab').description(
  'A real Kubernetes API server on loopback, with a sample homelab in it.',
);
const nameOption = ['--name <name>', 'which lab; several may be up side by side', 'default'] as const;

program
  .command('build')
  .description('build what the lab runs from pinned Go modules into a cache outside the repository')
  .option('--go-cache <folder>', 'use this Go build cache and keep it')
  .action(async (options: { goCache?: string }) => {
    const goCache = options.goCache === undefined ? undefined : resolve(options.goCache);
    await build(openCache(), { say, goCache });
  });

program
  .command('up')
  .description('start a lab, or find the one that is up')
  .option(...nameOption)
  .option('--pods <count>', 'how many pods the sample has', parsePods, 60)
  .option('--no-homelab', 'do not apply the stacks of the sample homelab')
  .action(async ({ name, pods, homelab }: { name: string; pods: number; homelab: boolean }) => {
    const begun = Date.now();
    const { lab, started } = await up(openCache(), { name, pods, homelab, say });
    say(started ? `lab ${name} is up (${((Date.now() - begun) / 1000).toFixed(1)} s)` : `lab ${name} was already up`);
    print(shellEnv(labEnv(lab)));
  });

program
  .command('down')
  .description('stop a lab and remove everything it wrote')
  .option(...nameOption)
  .option('--all', 'every lab of this cache', false)
  .action(async ({ name, all }: { name: string; all: boolean }) => {
    const cache = openCache();
    for (const one of all ? labNames(cache) : [name]) {
      const waiting = () => say(`another process is working on lab ${one}: waiting for it`);
      const was = await withLock(`${statePath(cache, one)}.lock`, waiting, () => down(cache, one));
      say(was ? `lab ${one} is down` : `lab ${one} was not up`);
    }
  });

program
  .command('status')
  .description('say of each part whether it lives and answers; exits 1 unless all do')
  .option(...nameOption)
  .option('--json', 'as JSON', false)
  .action(async ({ name, json: asJson }: { name: string; json: boolean }) => {
    const seen = await status(openCache(), name);
    if (seen === undefined) throw new Error(`lab ${name} is not up: run \`npm run lab -- up\``);
    if (asJson) json(seen);
    else print(renderStatus(seen));
    if (seen.phase !== 'up' || seen.parts.some((part) => part.health !== 'healthy')) process.exitCode = 1;
  });

program
  .command('env')
  .description('say how to reach a lab that is up: lines for a shell, or JSON')
  .option(...nameOption)
  .option('--json', 'as JSON', false)
  .action(({ name, json: asJson }: { name: string; json: boolean }) => {
    const lab = runningLab(openCache(), name);
    if (lab === undefined) throw new Error(`lab ${name} is not up: run \`npm run lab -- up\``);
    if (asJson) json(labEnv(lab));
    else print(shellEnv(labEnv(lab)));
  });

function parsePods(text: string): number {
  const pods = Number(text);
  if (!Number.isInteger(pods) || pods < fewestPods) throw new InvalidArgumentError(`at least ${fewestPods}.`);
  return pods;
}

try {
  await program.parseAsync();
} catch (cause) {
  for (let one: unknown = cause; one !== undefined; one = one instanceof Error ? one.cause : undefined) {
    say(one instanceof Error ? one.message : String(one));
  }
  process.exitCode = 1;
}
