import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreLog } from '../../store/log.ts';
import type { Action, ActionStatus } from '../action.ts';
import { ourselves } from '../incident.ts';
import type { IncidentRecord } from '../record/port.ts';
import type { VerifyPorts } from './ports.ts';
import { recordedAfter } from './progress.ts';
import { verifyAction } from './verify.ts';

export interface KeptVerifying {
  readonly record: Pick<IncidentRecord, 'actions' | 'action' | 'changeAction'>;
  readonly ports: VerifyPorts;
  /** From one round to the next, about. */
  readonly everyMs: number;
  readonly now: () => Date;
  readonly log: StoreLog;
  readonly signal: AbortSignal;
}

/** Landed ones too: what was done may be undone. */
const watched: readonly ActionStatus[] = ['open', 'in-progress', 'landed', 'regressed'];
const dayMs = 86_400_000;
/** Looks of one round; the others come in the next. */
const mostLooks = 50;
const pageSize = 100;
const mostPages = 50;

/**
 * Looks at all actions that a machine can look at, each at most once a day, until the signal fires. Nothing that fails ends it.
 * Rounds are spread, so that daemons that were started together do not ask together.
 */
export async function keepVerifying(kept: KeptVerifying): Promise<void> {
  const { everyMs, log, signal } = kept;
  const lastLooks = new Map<string, number>();
  while (!signal.aborted) {
    // Aborted: the loop looks at the signal itself.
    await sleep(everyMs * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) break;
    try {
      await verifyRound(kept, lastLooks);
    } catch (err) {
      if (!signal.aborted) log.warn({ err }, 'action-round-failed');
    }
  }
}

/** One round; `lastLooks` says when each was looked at, whatever was recorded of it. */
export async function verifyRound(
  { record, ports, now, log, signal }: Omit<KeptVerifying, 'everyMs'>,
  lastLooks: Map<string, number>,
): Promise<{ readonly looked: number }> {
  const all = await verifiable(record, signal);
  const ids = new Set(all.map(({ id }) => id));
  for (const id of lastLooks.keys()) if (!ids.has(id)) lastLooks.delete(id);
  const lastOf = ({ id, verified }: Action): number => Math.max(lastLooks.get(id) ?? 0, verified?.at.getTime() ?? 0);
  const due = all
    .filter((action) => now().getTime() - lastOf(action) >= dayMs)
    .sort((a, b) => lastOf(a) - lastOf(b))
    .slice(0, mostLooks);
  for (const { id } of due) {
    if (signal.aborted) break;
    lastLooks.set(id, now().getTime());
    try {
      await lookAt(id, { record, ports, now, signal });
    } catch (err) {
      // The others are looked at all the same.
      if (!signal.aborted) log.warn({ err, action: id }, 'action-verify-failed');
    }
  }
  return { looked: due.length };
}

async function verifiable(record: KeptVerifying['record'], signal: AbortSignal): Promise<readonly Action[]> {
  const found: Action[] = [];
  for (let page = 0; page < mostPages && !signal.aborted; page += 1) {
    const { actions } = await record.actions({ status: watched, limit: pageSize, skip: page * pageSize });
    found.push(...actions.filter(({ verify }) => verify !== undefined && verify.kind !== 'manual'));
    if (actions.length < pageSize) break;
  }
  return found;
}

async function lookAt(
  id: string,
  { record, ports, now, signal }: Pick<KeptVerifying, 'record' | 'ports' | 'now' | 'signal'>,
): Promise<void> {
  const seen = await verifyAction(await record.action(id), ports, { signal, now: now() });
  // As it is by now: somebody may have dropped it in the meantime.
  const change = recordedAfter(await record.action(id), seen);
  if (change !== undefined) await record.changeAction(id, change, { by: ourselves, now: now() });
}
