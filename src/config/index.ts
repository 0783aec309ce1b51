import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Config } from './valid.ts';
import { locate } from './locate.ts';
import type { Environment } from './environment.ts';
export type { Config } from './valid.ts';
export { locate } from './locate.ts';
export function prepareHome(config: Config): void { mkdirSync(config.home, { recursive: true, mode: 0o700 }); chmodSync(config.home, 0o700); }
export function loadConfig({ flags, environment, cwd, slices }: { flags: { config?: string; home?: string }; environment: Environment; cwd: string; slices: readonly { configKey: string; config: { parse(v: unknown): unknown } }[] }): Config {
  const { home, config } = locate({ flags, environment, cwd });
  const raw = config === undefined ? {} : (parse(readFileSync(config, 'utf8')) ?? {});
  return { home, file: config, database: { kind: 'embedded', directory: `${home}/db` }, http: undefined, socket: { agent: 'claude-code', human: 'me', scopes: ['read', 'record', 'propose'] }, backup: { everyHours: 24, keep: 7 }, log: { level: 'info' }, groups: new Map(slices.filter((s) => raw[s.configKey] !== undefined).map((s) => [s.configKey, s.config.parse(raw[s.configKey])])) };
}
