import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { openCache } from '../test/lab/cache.ts';
import { down } from '../test/lab/down.ts';
import { labEnv, runningLab } from '../test/lab/env.ts';
import { planned } from '../test/lab/keep/ask-keep.ts';
import { prepareKeep } from '../test/lab/keep/scratch-keep.ts';
import { up } from '../test/lab/up.ts';
import { circumstances, figuresTable, median } from './figures.ts';

/**
 * What an agent waits for a plan, beside Terragrunt run by hand in a fresh copy of the same tree: init, plan, show. Both plan
 * the same edit of the same stacks, one after the other, in turns. Run: node bench/keep.ts [LAB] [RUNS]
 */
const [name = 'bench-keep', given = '10'] = process.argv.slice(2);
const runs = Number(given);
const stacks = ['mail', 'dns'] as const;

const cache = openCache();
const found = runningLab(cache, name);
const say = (line: string): void => console.error(line);
const running = found ?? (await up(cache, { name, pods: 60, homelab: true, say })).lab;
await using stack = new AsyncDisposableStack();
stack.defer(async () => {
  if (found === undefined) await down(cache, name);
});
const lab = labEnv(running);
const { terraform, postgres } = lab;
if (terraform === undefined || postgres === undefined) throw new Error('this lab has no homelab');
const keep = stack.use(await prepareKeep(lab));
await keep.start();
const scratch = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
stack.defer(() => rmSync(scratch, { recursive: true, force: true }));

const environment = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(terraform.environmentFile, 'utf8')));
const edit = (text: string): string => text.replace(/(memory +=) "(64|128|256)Mi"/, '$1 "320Mi"');

async function byHand(target: string): Promise<number> {
  const tree = mkdtempSync(join(scratch, 'tree-'));
  cpSync(keep.infra.tree, tree, { recursive: true });
  const { sops = '', ageKeyFile = '', terragrunt = '' } = terraform ?? {};
  const readOnly = Object.fromEntries(['SCHEMA', 'TABLE', 'INDEX'].map((name) => [`PG_SKIP_${name}_CREATION`, 'true']));
  const connection = { PG_CONN_STR: postgres?.planner ?? '', ...readOnly };
  const env = { PATH: '/usr/bin:/bin', HOME: scratch, ...environment, ...connection };
  const begun = performance.now();
  if (target === 'dns') {
    const state = join(tree, 'state', target, 'terraform.tfstate');
    const types = ['--input-type', 'json', '--output-type', 'json'];
    await execa(sops, ['decrypt', ...types, '--output', state, `${state}.enc`], {
      env: { ...env, SOPS_AGE_KEY_FILE: ageKeyFile },
      extendEnv: false,
    });
  }
  const run = (...args: readonly string[]) =>
    execa(terragrunt, ['run', '--working-dir', join(tree, 'stacks', target), '--', ...args], {
      cwd: tree,
      env,
      extendEnv: false,
    });
  const plan = join(tree, 'plan');
  await run('init', '-input=false', '-no-color');
  await run('plan', `-out=${plan}`, '-input=false', '-no-color', '-lock=false');
  await run('show', '-json', plan);
  const took = performance.now() - begun;
  rmSync(tree, { recursive: true });
  return took;
}

async function asked(target: string): Promise<number> {
  const file = `stacks/${target}/main.tf`;
  const patch = await keep.infra.patch({ [file]: edit });
  const begun = performance.now();
  const run = await planned(keep, { stack: target, patch });
  const took = performance.now() - begun;
  if (run.state !== 'planned') throw new Error(`the plan of ${target} ended as ${run.state}: ${run.failure?.message}`);
  say(
    `${target}: ${Object.entries(run.took)
      .map(([step, ms]) => `${step} ${Math.round(ms)}`)
      .join(', ')}`,
  );
  return took;
}

const figures = [];
for (const target of stacks) {
  const [ours, theirs]: [number[], number[]] = [[], []];
  await asked(target);
  await byHand(target);
  for (let turn = 0; turn < runs; turn += 1) {
    ours.push(await asked(target));
    theirs.push(await byHand(target));
  }
  figures.push({
    what: `a memory limit of stacks/${target}`,
    unit: 'ms',
    castellan: median(ours),
    peer: median(theirs),
  } as const);
}
console.log(`\n\`node bench/keep.ts\` · ${circumstances(new Date())} · medians of ${runs} runs, in turns\n`);
console.log(figuresTable('terragrunt by hand', figures));
