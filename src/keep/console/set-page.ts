import { digestOf } from '../../change/document/documents.ts';
import { isOver } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import { CastellanError } from '../../kit/index.ts';
import type { SetPage } from './api.ts';
import type { ConsoleOptions } from './options.ts';
import { canBeRejected, canBeReverted, typedNameOf } from './sets.ts';

type Sources = Pick<ConsoleOptions, 'changes' | 'journal' | 'config'>;

/** Everything a human sees of a set before they decide. Errors: `change-unknown`. */
export async function setPageOf(set: string, me: string, sources: Sources): Promise<SetPage> {
  const { changes, journal } = sources;
  const views = await changes.status(set, 0);
  const stored = new Map((await journal.changes.ofSet(set)).map(({ view, facts }) => [view.id, facts]));
  const typed = typedNameOf(views);
  return {
    set,
    changes: await Promise.all(
      views.map(async (view) => {
        const facts = stored.get(view.id);
        const steps = await journal.steps.of(view.id, view.attempt);
        return {
          view,
          ...(facts?.page === undefined ? {} : { page: facts.page }),
          ...(facts?.document === undefined ? {} : { documentSha256: digestOf(facts.document) }),
          steps: steps.map(({ step, at }) => ({ step, at: at.toISOString() })),
        };
      }),
    ),
    may: await mayOf(set, views, me, sources),
    ...(typed === undefined ? {} : { typed }),
    signatures: signaturesOf(views, sources.config),
  };
}

/** Two people where anything that still waits is of such a risk; never where the glass was broken. */
function signaturesOf(views: readonly ChangeView[], { approval }: Sources['config']): SetPage['signatures'] {
  const waiting = views.filter(({ state }) => state === 'awaiting-approval' || state === 'denied');
  const counted = waiting.length === 0 ? views : waiting;
  const isForTwo = counted.some(({ summary }) => approval.twoPeople.some((level) => level === summary?.risk.level));
  const by = [...new Set(counted.flatMap(({ approvedBy }) => approvedBy))];
  return { needed: isForTwo && !counted.some(({ brokenGlass }) => brokenGlass) ? 2 : 1, by };
}

async function mayOf(
  set: string,
  views: readonly ChangeView[],
  me: string,
  { changes, journal, config }: Sources,
): Promise<SetPage['may']> {
  const isReady = (kind: 'approve' | 'break-glass'): Promise<boolean> =>
    changes.documentsOf(set, kind).then((documents) => documents.length > 0, isRefusal);
  const { needed, by } = signaturesOf(views, config);
  const isDenied = views.some(({ state }) => state === 'denied');
  const leases = await journal.leases.all();
  const may: SetPage['may'] = [];
  if (!by.includes(me) && (await isReady('approve'))) may.push('approve');
  if ((isDenied || needed > 1) && (await isReady('break-glass'))) may.push('break-glass');
  if (views.some(({ state }) => state === 'needs-consent')) may.push('consent');
  if (canBeRejected(views)) may.push('reject', 'reject-policy');
  const isHeld = ({ id, state }: ChangeView): boolean =>
    state === 'interrupted' && leases.some(({ change }) => change === id);
  // A revert would wait for the stack: it is given back first.
  if (views.some(isHeld)) may.push('unlock');
  if (await isRevertible(views, changes)) may.push('revert');
  return may;
}

/** One whose revert is still open has it already; one whose revert was refused can have another. */
async function isRevertible(views: readonly ChangeView[], { status }: Sources['changes']): Promise<boolean> {
  for (const view of views.filter(canBeReverted)) {
    const [revert] = view.revertedBy === undefined ? [] : await status(view.revertedBy, 0);
    if (revert === undefined || isOver(revert.state)) return true;
  }
  return false;
}

/** It is not ready, which is no fault; anything else is one. */
function isRefusal(error: unknown): false {
  if (error instanceof CastellanError) return false;
  throw error;
}
