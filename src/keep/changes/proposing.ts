import type { Finding } from '../../change/finding.ts';
import { orderStacks } from '../../change/set/order.ts';
import { principalId } from '../../kit/index.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { Requester } from '../journal/quota-table.ts';
import { diffDigest } from '../runs/consent.ts';
import { runError } from '../runs/errors.ts';
import { assertOneSource, changedFilesOf, proposedTreeOf, stackOf, touchedBy } from '../runs/judging.ts';
import type { Tree } from '../runs/parts.ts';
import { newId } from '../runs/run-id.ts';
import { changeError } from './errors.ts';
import type { ChangesOptions } from './options.ts';
import { applicable } from './planned-stacks.ts';
import type { ChangeProposal } from './port.ts';
import { bySet, isAlive, isPending } from './sets.ts';

/** What a proposal comes to: a draft for every stack it touches, and why none of them can go on. */
export interface Prepared {
  readonly drafts: readonly StoredChange[];
  readonly findings: readonly Finding[];
}

/** So many may be named by one signature. */
const mostStacks = 50;

/** Looks at the repository only: nothing is written. Errors: see `Changes.propose`. */
export async function prepare(
  proposal: ChangeProposal,
  by: Requester,
  reverts: string | undefined,
  options: ChangesOptions,
): Promise<Prepared> {
  const { repository, trees, config, now } = options;
  assertOneSource(proposal);
  const plansBase = proposal.patch === undefined && proposal.ref === undefined;
  if (plansBase && proposal.stacks.length === 0) throw empty('neither a patch nor a ref nor a stack was given');
  await repository.fetch(proposal.ref === undefined ? 'soon' : 'now');
  const commit = await repository.base();
  const tree = await proposedTreeOf(proposal, commit.tree, repository);
  const changes = await repository.git.changes(commit.tree, tree);
  const [base, proposed] = [await trees.read(commit.tree), await trees.read(tree)];
  const named = proposal.stacks.map((name) => stackOf(name, base, proposed));
  const stacks = [...new Set([...named, ...touchedBy(changes, base, proposed)])];
  if (stacks.length === 0) {
    throw empty(
      changes.length === 0
        ? 'it is the trusted base as it is'
        : `no stack uses what it changes (${changes.length} file(s))`,
    );
  }
  if (stacks.length > mostStacks) {
    throw changeError('set-too-large', {
      message: `it touches ${stacks.length} stacks, and one signature covers ${mostStacks}`,
      next: 'split it, or add what is shared beside the old first and move a few stacks at a time',
    });
  }
  const { stacks: order, cycle } = orderStacks(stacks, (stack) => dependenciesOf(stack, base, proposed));
  const set = newId('set');
  const at = now().toISOString();
  const drafts = order.map(
    (stack, index): StoredChange => ({
      view: {
        id: newId('chg'),
        set,
        order: index + 1,
        of: order.length,
        stack,
        state: 'draft',
        attempt: 1,
        createdAt: at,
        changedAt: at,
        agent: by.agent,
        human: by.human,
        reason: proposal.reason,
        ...(proposal.incident === undefined ? {} : { incident: proposal.incident }),
        ...(proposal.revises === undefined ? {} : { revises: proposal.revises }),
        ...(reverts === undefined ? {} : { reverts }),
        base: commit.id,
        ...(plansBase ? {} : { proposed: tree }),
        changedFiles: changedFilesOf(changes),
        findings: [],
        expect: [...proposal.expect],
        approvedBy: [],
        brokenGlass: false,
        took: {},
      },
      facts: {
        base: commit.id,
        baseTree: commit.tree,
        tree,
        diffSha256: diffDigest(changes),
        signatures: [],
      },
    }),
  );
  return { drafts, findings: [...order.flatMap((stack) => applicable(stack, config).finding ?? []), ...cyclic(cycle)] };
}

function dependenciesOf(stack: string, base: Tree, proposed: Tree): readonly string[] {
  return [base, proposed].flatMap(({ graph }) => graph.stacks.get(stack)?.dependsOn ?? []);
}

function cyclic(cycle: readonly string[]): readonly Finding[] {
  if (cycle.length === 0) return [];
  const message = `these stacks depend on each other in a circle, so there is no order to apply them in: ${cycle.join(', ')}`;
  return [{ rule: 'set-has-cycle', verdict: 'deny', message }];
}

/** The open set that would be proposed once more: the same tree on the same base, for the same stacks. */
export function sameIn(
  open: readonly StoredChange[],
  drafts: readonly StoredChange[],
  except: string | undefined,
): string | undefined {
  const keyOf = (set: readonly StoredChange[]): string =>
    JSON.stringify(set.map(({ view, facts }) => [view.stack, view.of, facts.tree, facts.baseTree]).sort());
  const wanted = keyOf(drafts);
  return bySet(open).find((set) => isAlive(set) && set[0]?.view.set !== except && keyOf(set) === wanted)?.[0]?.view.set;
}

/** Errors: `proposal-rejected`. */
export async function assertNotRejected(
  drafts: readonly StoredChange[],
  { journal, authority, now }: Pick<ChangesOptions, 'journal' | 'authority' | 'now'>,
): Promise<void> {
  for (const { view, facts } of drafts) {
    // Where nothing differs it is the same only on the same base: what to repair today is not what it was.
    const isSame = (one: StoredChange): boolean => view.proposed !== undefined || one.facts.baseTree === facts.baseTree;
    const before = (await journal.changes.rejectedLike(view.stack, facts.diffSha256)).find(isSame);
    if (before !== undefined) {
      throw refused(
        `a human refused this on ${view.stack} before (${before.view.id}): ${before.view.words ?? 'without a word'}`,
      );
    }
    const { value: until } = authority.rejectedUntil(view.stack, facts.diffSha256);
    if (until !== undefined && until > now()) {
      throw refused(`an approver refuses this on ${view.stack} until ${until.toISOString()}`);
    }
  }
}

function refused(message: string): Error {
  return changeError('proposal-rejected', {
    message,
    next: 'propose something else, or talk to a human about it; the same is refused again',
  });
}

/** Who asks is a label the daemon gives: so all together have no more than a handful of principals. */
const handful = 5;

/** Errors: `changes-pending`, `plan-quota-spent`. */
export async function assertRoom(
  open: readonly StoredChange[],
  by: Requester,
  except: string | undefined,
  { config, journal, now }: Pick<ChangesOptions, 'config' | 'journal' | 'now'>,
): Promise<void> {
  const nameOf = ({ agent, human }: Requester): string => principalId({ agent, human, via: 'socket', scopes: [] });
  const pending = bySet(open).filter((set) => set[0]?.view.set !== except && isPending(set));
  const own = pending.filter(([first]) => first !== undefined && nameOf(first.view) === nameOf(by));
  const limit = config.approval.pending;
  if (own.length >= limit || pending.length >= limit * handful) {
    const ids = own.map(([first]) => first?.view.set ?? '').join(', ');
    throw changeError('changes-pending', {
      message:
        own.length >= limit
          ? `${own.length} sets of yours wait, which is all that may: ${ids}`
          : `${pending.length} sets wait, which is all that may`,
      next: 'withdraw or revise one of them, or wait until a human decided',
    });
  }
  if (!(await journal.quota.spend(by, config.plansPerHour, now()))) {
    throw runError('plan-quota-spent', {
      message: `${config.plansPerHour} plans were asked for within the last hour, which is all there are`,
      next: 'wait; what was planned can still be read by its id',
    });
  }
}

function empty(message: string): Error {
  return changeError('proposal-empty', {
    message: `there is nothing to change: ${message}`,
    next: 'change a file that a stack uses, or name the stacks to plan as they are',
  });
}
