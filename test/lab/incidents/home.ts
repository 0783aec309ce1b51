import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LabEnv } from '../lab-env.ts';

const services = z.object({
  services: z.array(z.object({ name: z.string(), does: z.string(), namespace: z.string(), stack: z.string() })),
});
export type HomeService = z.output<typeof services>['services'][number];

/** What an app is called in this lab: names are drawn anew for each. */
export function serviceThat(lab: LabEnv, does: string): HomeService {
  const catalogue = services.parse(parse(readFileSync(join(homeOf(lab), 'docs/services.yaml'), 'utf8')));
  const found = catalogue.services.find((one) => one.does === does);
  if (found === undefined) throw new Error(`nothing in the homelab is a ${does}`);
  return found;
}

/** The documents of the household as `castellan incident import` reads them. */
export function documentsOf(
  lab: LabEnv,
  ...places: readonly string[]
): { readonly path: string; readonly text: string }[] {
  const root = homeOf(lab);
  return places.flatMap((place) =>
    readdirSync(join(root, place), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(md|yaml)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ path: relative(root, file), text: readFileSync(file, 'utf8') })),
  );
}

function homeOf(lab: LabEnv): string {
  if (lab.homelab === undefined) throw new Error(`lab ${lab.name} has no homelab`);
  return lab.homelab;
}
