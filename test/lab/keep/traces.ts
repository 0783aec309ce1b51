import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabEnv } from '../lab-env.ts';
import { canariesOf, leaksIn } from '../use-lab.ts';

/** Which secrets of the lab stand in a text, in clear or as base64. */
export function tracesOf(lab: LabEnv, text: string): readonly string[] {
  const encoded = canariesOf(lab)
    .filter(({ value }) => text.includes(Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -1)))
    .map(({ where }) => `${where}, as base64`);
  return [...leaksIn(lab, text).map(String), ...encoded];
}

/** Files below a folder that hold one of the needles; what cannot be read any more is gone. */
export function filesHolding(folder: string, needles: readonly string[]): readonly string[] {
  const holding: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    if (needles.some((needle) => bytes.includes(needle))) holding.push(file);
  }
  return holding;
}
