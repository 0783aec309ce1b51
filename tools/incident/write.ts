import { createHash } from 'node:crypto';
import type { Write } from '../../src/incident/record/port.ts';
import type { Principal } from '../../src/kit/index.ts';
import { actorOf } from './port.ts';

/**
 * Who writes, when, and under which key. The key is held against what was asked: what comes of it has times in it, and a source
 * that is asked again says something else.
 */
export function writeOf(
  tool: string,
  asked: Readonly<Record<string, unknown>> & { readonly key?: string | undefined },
  principal: Principal,
  now: Date,
): Write {
  const { key, budget: _, ...rest } = asked;
  const said = JSON.stringify([tool, ...Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))]);
  // Digests: what was asked may hold what was masked before it was stored, and a key is any text of an agent's.
  return { by: actorOf(principal), key: key === undefined ? undefined : digestOf(key), asked: digestOf(said), now };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
