import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { opened, type SourceRedactor } from '../../src/incident/sources/opened.ts';
import { judge } from '../../src/incident/triage/judge.ts';
import type { TriageSnapshot } from '../../src/incident/triage/port.ts';
import { replay } from '../../src/incident/triage/replay.ts';
import type { Rubric } from '../../src/incident/triage/rubric.ts';
import { parseSnapshot, snapshotText } from '../../src/incident/triage/snapshot.ts';
import { type SnapshotPorts, takeSnapshot } from '../../src/incident/triage/take-snapshot.ts';
import { CastellanError, type Reach } from '../../src/kit/index.ts';
import { changedObjects } from './changed-objects.ts';
import type { Triager } from './port.ts';

export interface TriagerOptions extends Omit<SnapshotPorts, 'textOf'> {
  readonly rubric: Rubric;
  readonly keep: Reach<KeepClient> | undefined;
  /** URLs that are asked whether they answer. */
  readonly targets: readonly string[];
  /** `shop/web` calls `shop/db`: as castellan.yaml says. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  readonly redactor: SourceRedactor;
}

/** A little less than a tool may take: what was seen by then is judged, and what was not is unread. */
const lookLimitMs = 30_000;

export function openTriager({ rubric, keep, targets, calls, redactor, ...ports }: TriagerOptions): Triager {
  return {
    async take(incident, namespaces, { signal, now }) {
      const snapshot = await takeSnapshot(
        { ...ports, textOf: (words) => opened(words, redactor) },
        {
          window: incident.window,
          namespaces,
          services: incident.services,
          rubric,
          signal: AbortSignal.any([signal, AbortSignal.timeout(lookLimitMs)]),
          now,
          targets,
          calls: calls.map(({ from, to }) => ({ from: `Service ${from}`, to: `Service ${to}` })),
          change: await changeOf(incident, keep, signal),
        },
      );
      const payload = snapshotText(snapshot);
      return {
        source: 'triage',
        query: `a look at everything, for ${incident.id}`,
        params: {},
        from: beginningOf(snapshot),
        to: new Date(snapshot.window.to),
        collectedAt: now,
        status: 'ok',
        payload,
        truncated: snapshot.leftOut !== undefined,
        problem: undefined,
        clockOffsetMs: undefined,
        rows: [],
      };
    },
    judge: (payload, { evidence, at }) => ({ ...judge(parseSnapshot(payload), rubric), snapshot: evidence, at }),
    replay: (payload, then) => {
      const { judgement, differences } = replay(payload, rubric, then);
      return { judgement, differences };
    },
  };
}

/** Changes from before the window are in it too: a report that tells of one cites this. */
function beginningOf({ window, happenings }: TriageSnapshot): Date {
  return new Date(Math.min(Date.parse(window.from), ...happenings.map(({ at }) => Date.parse(at))));
}

/** The change whose expectation failed, as the keep has it; where that cannot be asked the incident still names it. */
async function changeOf(
  { change: id, detectedAt }: Incident,
  keep: Reach<KeepClient> | undefined,
  signal: AbortSignal,
): Promise<TriageSnapshot['change']> {
  if (id === undefined) return null;
  const unknown = { id, stack: '?', at: detectedAt.toISOString(), objects: [] };
  if (keep === undefined) return unknown;
  try {
    const reply = await (await keep()).ask({ verb: 'status', of: 'change', id, waitMs: 0 }, signal);
    const view = reply.changes?.find((one) => one.id === id);
    if (view === undefined) return unknown;
    return {
      id,
      stack: view.stack,
      at: new Date(view.apply?.startedAt ?? view.changedAt).toISOString(),
      objects: changedObjects(view).slice(0, 50),
    };
  } catch (error) {
    if (error instanceof CastellanError) return unknown;
    throw error;
  }
}
