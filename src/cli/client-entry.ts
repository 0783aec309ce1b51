import { readFileSync, realpathSync, statSync } from 'node:fs';
import { z } from 'zod';
import { defineErrors } from '../kit/index.ts';

const clientError = defineErrors({
  'client-file-unreadable': {
    audience: 'operator',
    meaning: 'The .mcp.json of this folder cannot be read or is not what a client would take; it was left as it is.',
  },
});

const clientFile = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()).optional() });

export interface ClientEntry {
  readonly path: string;
  readonly mode: number;
  /** The whole file with the entry in it; undefined when it has another `castellan` already. */
  readonly text: string | undefined;
}

/** `.mcp.json` with `castellan` among its servers and nothing else changed. Errors: `client-file-unreadable`. */
export function clientEntry(file: string, args: readonly string[], replace: boolean): ClientEntry {
  const entry = entryFor(args);
  try {
    const exists = statSync(file, { throwIfNoEntry: false });
    if (exists === undefined) return { path: file, mode: 0o644, text: entryText(args) };
    const given: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { mcpServers = {} } = clientFile.parse(given);
    const taken = Object.hasOwn(mcpServers, 'castellan') && !replace;
    const text = taken ? undefined : pretty({ ...Object(given), mcpServers: { ...mcpServers, castellan: entry } });
    return { path: realpathSync(file), mode: exists.mode & 0o777, text };
  } catch (error) {
    throw clientError('client-file-unreadable', {
      message: `${file} cannot be read as a client's list of servers, and was left as it is`,
      next: 'correct it, or add the server by hand: command castellan, argument mcp',
      cause: error,
    });
  }
}

/** A client's whole list of servers, with this one alone. */
export function entryText(args: readonly string[]): string {
  return pretty({ mcpServers: { castellan: entryFor(args) } });
}

function entryFor(args: readonly string[]) {
  return { type: 'stdio', command: 'castellan', args };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
