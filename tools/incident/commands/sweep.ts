import { z } from 'zod';
import { allChecks } from '../../../src/incident/sweep/checks.ts';
import { sweepSources } from '../../../src/incident/sweep/port.ts';
import { exitCodes, sweep, worstOf } from '../../../src/incident/sweep/sweep.ts';
import { commandsFor, type JsonObject } from '../../../src/kit/index.ts';
import { lookAround, type SweepPorts } from '../sweep/look.ts';

const { defineCommand } = commandsFor<SweepPorts>();

export const sweepEverything = defineCommand({
  name: 'incident.sweep',
  effect: 'read',
  input: z.strictObject({
    only: z.array(z.string().max(40)).max(100).default([]).describe('checks by their ids; all of them unless said'),
    without: z.array(z.enum(sweepSources)).max(sweepSources.length).default([]).describe('sources that are not asked'),
  }),
  async run({ only, without }, { ports, signal, now, progress }): Promise<JsonObject> {
    const checks = only.length === 0 ? allChecks : allChecks.filter(({ id }) => only.includes(id));
    const needed = sweepSources.filter((source) => checks.some(({ needs }) => needs.includes(source)));
    const unneeded = sweepSources.filter((source) => !needed.includes(source));
    const sight = await lookAround(ports, { checks, without: [...without, ...unneeded], signal, now: now(), progress });
    const swept = sweep(sight, { checks, without });
    const unheardOf = only.filter((id) => !allChecks.some((check) => check.id === id));
    // Who asks for a check that is not there would take silence for well.
    const worst = unheardOf.length === 0 ? swept.worst : worstOf([swept.worst, 'unknown']);
    return {
      at: swept.at.toISOString(),
      worst,
      exit_code: exitCodes[worst],
      checks: swept.checks.map(({ id, title, status, detail, items, next }) => ({
        id,
        title,
        status,
        detail,
        items: [...items],
        ...(next === undefined ? {} : { next }),
      })),
      failed: swept.failed.filter(({ source }) => needed.includes(source)).map((one) => ({ ...one })),
      without: [...without],
      unknown_checks: unheardOf,
    };
  },
});
