import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CastellanError } from '../kit/index.ts';
import { filePath, secretReference } from './fields.ts';
import type { Config } from './index.ts';
import { loadConfig } from './load.ts';
import type { Slice } from './raw.ts';

/** A group's section with one of each kind of key. */
export const lights: Slice = {
  configKey: 'lights',
  summary: 'lamps of the house',
  howToConfigure: 'lights: { bridge: https://bridge.example.net }',
  config: z.strictObject({
    bridge: z
      .string()
      // Quotes what it refuses, as a group's own check may.
      .refine((text) => !text.includes(' '), { error: ({ input }) => `has no room for ${String(input)}` })
      .describe('its address'),
    certificate: filePath().optional().describe('its CA'),
    tokenFrom: secretReference().optional().describe('where its token is'),
    rooms: z
      .record(z.string(), z.strictObject({ lamps: z.int().min(1) }))
      .optional()
      .describe('rooms by name'),
  }),
};

/** A group that is there without its section. */
export const garden: Slice = {
  configKey: 'garden',
  summary: 'beds and trees',
  howToConfigure: 'garden: { beds: 3 }',
  withoutConfig: true,
  config: z.strictObject({
    beds: z.int().min(0).default(2).describe('how many beds'),
    plan: filePath().optional().describe('where it is drawn'),
  }),
};

/** A folder with a castellan.yaml in it, and nothing of the machine's own configuration. */
export class Scratch implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'castellan-config-'));

  write(name: string, text: string, mode = 0o600): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  load(yaml: string, environment: Readonly<Record<string, string>> = {}, slices: readonly Slice[] = [lights]): Config {
    const config = this.write('castellan.yaml', yaml);
    return this.loadFlags({ config, home: join(this.folder, 'home') }, environment, slices);
  }

  loadFlags(
    flags: { config?: string; home?: string },
    environment: Readonly<Record<string, string>> = {},
    slices: readonly Slice[] = [lights],
  ): Config {
    return loadConfig({ flags, environment: { HOME: this.folder, ...environment }, cwd: this.folder, slices });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The error a call throws; fails when it throws none, or one that is not ours. */
export function refusedBy(call: () => unknown): CastellanError {
  try {
    call();
  } catch (error) {
    if (error instanceof CastellanError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
