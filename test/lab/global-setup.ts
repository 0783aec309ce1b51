import { ensureLab, stopLab } from './suite-lab.ts';

/** Starts the lab once for all files of a run, and stops it afterwards if it was this run that started it. */
export async function setup(): Promise<() => Promise<void>> {
  const found = await ensureLab();
  return async () => {
    if (found?.started) await stopLab(found.lab);
  };
}
