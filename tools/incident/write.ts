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
  // A digest: what was asked may hold what was masked before it was stored.
  const said = JSON.stringify([tool, ...Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { by: actorOf(principal), key, asked: createHash('sha256').update(said).digest('hex'), now };
}
