import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AgentFile, parseAgentFile } from './agent-file.ts';

/** Every agent of this installation, by name. @throws Error where one cannot be read */
export function shippedAgents(): readonly AgentFile[] {
  const folder = agentsFolder();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => parseAgentFile(`agents/${file}`, readFileSync(new URL(file, folder), 'utf8')));
}

/** agents/ lies beside src/, and beside dist/ in a package. */
function agentsFolder(): URL {
  const places = ['../../../agents/', '../../../../agents/'].map((folder) => new URL(folder, import.meta.url));
  const place = places.find((url) => existsSync(url));
  if (place === undefined) throw new Error('agents/ is not part of this installation');
  return place;
}
