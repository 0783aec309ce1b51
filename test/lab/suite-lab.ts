import { describeMissing, isThere } from './available.ts';
import { openCache } from './cache.ts';
import { down } from './down.ts';
import { labEnv, runningLab } from './env.ts';
import type { LabEnv } from './lab-env.ts';
import { splitByPrograms } from './parts/index.ts';
import { up } from './up.ts';

/**
 * How a `*.lab.test.ts` file gets a lab. The whole suite shares the lab `test`; `CASTELLAN_LAB` names another that is already
 * up. Where nothing is built the tests are shown as skipped, but in CI that is a failure: a suite that checks nothing is not
 * green.
 */
const pods = 60;

function chosenLab(): { readonly name: string; readonly mustBeUp: boolean } {
  const named = process.env['CASTELLAN_LAB'];
  return named === undefined || named === '' ? { name: 'test', mustBeUp: false } : { name: named, mustBeUp: true };
}

/** Starts the suite's lab unless it is up. Undefined, or an error in CI, where the programs are not built. */
export async function ensureLab(): Promise<{ lab: LabEnv; started: boolean } | undefined> {
  const { name, mustBeUp } = chosenLab();
  const cache = openCache();
  const running = runningLab(cache, name);
  if (running !== undefined) return { lab: labEnv(running), started: false };
  if (mustBeUp) throw new Error(`CASTELLAN_LAB names lab ${name}, which is not up`);
  const { missing } = splitByPrograms((program) => isThere(cache, program));
  if (missing.length > 0) {
    const what = `the lab is not whole: ${describeMissing(cache, missing).join('; ')}`;
    if (process.env['CI']) throw new Error(what);
    process.stderr.write(`${what}\n`);
    return undefined;
  }
  const { lab, started } = await up(cache, {
    name,
    pods,
    homelab: true,
    say: (line) => process.stderr.write(`lab: ${line}\n`),
  });
  return { lab: labEnv(lab), started };
}

export async function stopLab(lab: LabEnv): Promise<void> {
  await down(openCache(), lab.name);
}
