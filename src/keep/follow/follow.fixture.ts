import { randomBytes } from 'node:crypto';
import { type ChangeDocument, digestOf, type Signature } from '../../change/document/documents.ts';
import type { ExpectationResult } from '../../change/expect/predicates.ts';
import { type ChangeState, holdingStates } from '../../change/life/states.ts';
import type { ApplyReport, ChangeView } from '../../change/wire/change.ts';
import { defineErrors, randomDigits } from '../../kit/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Database } from '../../store/database.ts';
import type { Applier, ApplyOrder, ApplyOutcome } from '../applier/port.ts';
import type { StoredChange } from '../journal/change-table.ts';
import { openTables } from '../journal/journal.ts';
import type { Notice } from '../notify/port.ts';
import { silent } from '../runs/runs.fixture.ts';
import { someProfile } from '../runs/stand-ins.fixture.ts';
import { type FollowThrough, openFollowThrough } from './open.ts';
import type { FollowParts } from './parts.ts';

/** A world in which sets are applied: what is in here survives a keep; what `open` gives is one keep. */
const newId = (prefix: string): string => `${prefix}_${randomDigits(26)}`;
export const began = Date.parse('2026-03-01T10:00:00Z');

const standInError = defineErrors({
  'landing-failed-here': { audience: 'operator', meaning: 'A stand-in could not land.' },
  'not-revertible-here': { audience: 'agent', meaning: 'A stand-in has a revert already.' },
});

/** What comes of one change. */
export interface Fate {
  readonly outcome: ApplyOutcome['outcome'] | 'throws' | 'never-entered';
  readonly converged?: boolean | undefined;
  readonly expected: ExpectationResult['result'];
  readonly replan: 'same' | 'moved';
}
export const wellFate: Fate = { outcome: 'applied', converged: true, expected: 'pass', replan: 'same' };

export class World {
  readonly database: Database;
  time = began;
  frozen: Date | undefined;
  landingFails = false;
  landingTries = 0;
  revertFails = false;
  /** By change. */
  readonly fates = new Map<string, Fate>();
  readonly engineRuns = new Map<string, number>();
  readonly landed: string[] = [];
  readonly notices: Notice[] = [];
  readonly incidents: string[] = [];
  readonly replanned: string[] = [];
  /** Stacks that hang on those before them. */
  readonly dependent = new Set<string>();
  readonly tables: ReturnType<typeof openTables>;
  /** Called in the middle of the engine's run. */
  duringEngine: (order: ApplyOrder, signal: AbortSignal) => Promise<void> = async () => undefined;

  constructor(database: Database) {
    this.database = database;
    this.tables = openTables(database, { append: async () => undefined });
  }

  readonly now = (): Date => new Date(this.time);

  /** A set that was approved, its stacks held. */
  async approved(fates: readonly Partial<Fate>[], more: Partial<ChangeView> = {}): Promise<readonly string[]> {
    const set = newId('set');
    const changes = fates.map((_, index) => newChange(set, index + 1, fates.length, this.now(), more));
    await this.tables.changes.add(changes);
    await this.tables.leases.take(
      changes.map(({ view }) => ({ stack: view.stack, change: view.id, since: this.now() })),
    );
    for (const [index, { view }] of changes.entries()) this.fates.set(view.id, { ...wellFate, ...fates[index] });
    return changes.map(({ view }) => view.id);
  }

  /** As the journal would hold it, however it came there. */
  async put(id: string, state: ChangeState, more: Partial<ChangeView> = {}): Promise<void> {
    const found = await this.get(id);
    const view = { ...found.view, ...more, state };
    await this.database.query('update castellan.change set state = $2, view = $3 where id = $1', [id, state, view]);
  }

  async get(id: string): Promise<StoredChange> {
    const found = await this.tables.changes.get(id);
    if (found === undefined) throw new Error(`no change ${id}`);
    return found;
  }

  async states(ids: readonly string[]): Promise<readonly ChangeState[]> {
    return Promise.all(ids.map(async (id) => (await this.get(id)).view.state));
  }

  /** Those of `ids` whose stack is held for them. */
  async holding(ids: readonly string[]): Promise<readonly string[]> {
    const held = (await this.tables.leases.all()).map(({ change }) => change);
    return ids.filter((id) => held.includes(id));
  }

  /** What moves its changes. */
  changesOver: (tables: Tables, world: World) => Promise<FollowParts['changes']> = async (tables, world) =>
    standInChanges(tables, world);

  /** One keep. `pass` stands at everything it waits for. */
  async open(pass: Pass = (work) => work()): Promise<FollowThrough> {
    const tables = mortal({ changes: this.tables.changes, leases: this.tables.leases }, pass);
    return openFollowThrough({
      changes: await this.changesOver(tables, this),
      journal: mortal({ steps: this.tables.steps, leases: this.tables.leases, records: this.tables.records }, pass),
      applier: this.#applier(pass),
      ...this.#outside(pass),
      notifier: { tell: (notice) => this.notices.push(notice) },
      config: { profiles: [someProfile] },
      now: this.now,
      log: silent,
      lookEveryMs: 3_600_000,
    });
  }

  /** Until nothing is done any more; then the keep is gone. */
  async run(pass?: Pass): Promise<void> {
    await using keep = await this.open(pass);
    await keep.idle();
  }

  #outside(pass: Pass): Pick<FollowParts, 'expectations' | 'landing' | 'freeze' | 'trees' | 'onFailedExpectation'> {
    return {
      ...mortal(
        {
          landing: {
            land: async (_: string, commit: string) => {
              this.landingTries += 1;
              if (this.landingFails) {
                throw standInError('landing-failed-here', { message: 'the remote is gone', next: 'bring it back' });
              }
              if (!this.landed.includes(commit)) this.landed.push(commit);
              return commit;
            },
          },
          freeze: {
            look: async () => ({ since: this.frozen, why: this.frozen && 'a reason' }),
          },
          trees: {
            read: async () => ({
              graph: { dependantsOf: () => [...this.dependent] },
            }),
          },
          expectations: {
            watch: async (expected: ChangeView['expect']): Promise<readonly ExpectationResult[]> =>
              expected.map((one) => ({
                what: 'alert quiet',
                // The name of the alert is the change's.
                result: this.fates.get(one.kind === 'alert-quiet' ? one.alert : '')?.expected ?? 'unknown',
                detail: 'as it was told',
                at: this.now().toISOString(),
              })),
          },
        },
        pass,
      ),
      onFailedExpectation: ({ id }) =>
        pass(async () => {
          this.incidents.push(id);
        }),
    };
  }

  #applier(pass: Pass): Applier {
    return {
      apply: async (order, signal) => {
        const fate = this.fates.get(order.change) ?? wellFate;
        await order.onStep('prove');
        if (fate.outcome === 'throws') throw new Error('a fault of the applier');
        if (fate.outcome === 'refused') return { outcome: 'refused', reasons: ['state: it moved'], stale: true };
        await order.onStep('apply');
        if (fate.outcome !== 'never-entered') await order.enter();
        this.engineRuns.set(order.change, (this.engineRuns.get(order.change) ?? 0) + 1);
        await pass(() => this.duringEngine(order, signal));
        const report: ApplyReport = {
          startedAt: this.now().toISOString(),
          done: ['a.b'],
          failed: [],
          unknown: [],
          lines: [],
          ...(fate.converged === undefined ? {} : { converged: fate.converged }),
        };
        if (signal.aborted || fate.outcome === 'interrupted') {
          return { outcome: 'interrupted', report, why: 'the engine was ended' };
        }
        const outcome = fate.outcome === 'never-entered' ? 'applied' : fate.outcome;
        const state = { lineage: order.change, serial: 2, sha256: 'e'.repeat(64), resources: 1 };
        return { outcome, report, state };
      },
    };
  }
}

/** Stands at something a keep waits for: lets it happen, or does not. */
export type Pass = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Every promise that these objects give goes through `pass`. */
function mortal<Parts extends object>(parts: Parts, pass: Pass): Parts {
  return new Proxy(parts, {
    get: (target, name, receiver) => {
      const part: unknown = Reflect.get(target, name, receiver);
      if (typeof part === 'function') {
        return (...args: readonly unknown[]) => pass(async () => Reflect.apply(part, target, args));
      }
      return typeof part === 'object' && part !== null ? mortal(part, pass) : part;
    },
  });
}

export type Tables = Pick<ReturnType<typeof openTables>, 'changes' | 'leases'>;

/** Changes as follow-through sees them, over the journal alone: nothing is in memory. */
export function standInChanges({ changes, leases }: Tables, world: World): FollowParts['changes'] {
  const stored = async (id: string): Promise<StoredChange> => {
    const found = await changes.get(id);
    if (found === undefined) throw new Error(`no change ${id}`);
    return found;
  };
  const move: FollowParts['changes']['move'] = async (id, to, actor, more = {}) => {
    const before = await stored(id);
    const { why: _, ...view } = before.view;
    const after: StoredChange = {
      view: { ...view, ...more.view, state: to, changedAt: world.now().toISOString() },
      facts: { ...before.facts, ...more.facts },
    };
    await changes.move(before.view.state, after, actor);
    if (!holdingStates.includes(to) && to !== 'interrupted') await leases.giveBack(after.view.stack, id);
    return after;
  };
  const note: FollowParts['changes']['note'] = async (id, more) => {
    const before = await stored(id);
    const after = { view: { ...before.view, ...more.view }, facts: { ...before.facts, ...more.facts } };
    await changes.update(after);
    return after;
  };
  return {
    stored,
    ofSet: (set) => changes.ofSet(set),
    open: () => changes.open(),
    move,
    note,
    giveBack: (stack, change) => leases.giveBack(stack, change),
    replan: async (id) => {
      world.replanned.push(id);
      if ((world.fates.get(id) ?? wellFate).replan === 'same') return 'same';
      await move(id, 'planning', 'keep');
      const { view } = await stored(id);
      await move(id, 'awaiting-approval', 'keep', { view: { attempt: view.attempt + 1 }, facts: { signatures: [] } });
      return 'moved';
    },
    revert: async (id) => {
      const failed = await stored(id);
      if (world.revertFails || failed.view.revertedBy !== undefined) {
        throw standInError('not-revertible-here', { message: 'there is one', next: 'wait for it' });
      }
      const { view, facts } = newChange(newId('set'), 1, 1, world.now(), { reverts: id, stack: failed.view.stack });
      const { commit: _, ...others } = facts;
      const waits = { ...view, state: 'awaiting-approval' as const };
      await changes.add([{ view: waits, facts: { ...others, tree: facts.baseTree } }]);
      await note(id, { view: { revertedBy: view.id } });
      await leases.take([{ stack: view.stack, change: view.id, since: world.now() }]);
      return [waits];
    },
  };
}

function newChange(set: string, order: number, of: number, at: Date, more: Partial<ChangeView>): StoredChange {
  const id = newId('chg');
  const commit = set
    .slice(4)
    .replace(/[^a-f]/g, '0')
    .padEnd(40, '1');
  const view: ChangeView = {
    id,
    set,
    order,
    of,
    stack: `stacks/${id.slice(4, 16)}`,
    state: 'approved',
    attempt: 1,
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    agent: 'agent:claude',
    human: 'human:mira',
    reason: 'more memory',
    base: 'b'.repeat(40),
    changedFiles: [],
    findings: [],
    expect: [{ kind: 'alert-quiet', alert: id, within: 60 }],
    approvedBy: ['mira'],
    brokenGlass: false,
    took: {},
    ...more,
  };
  const document = documentOf(view, commit);
  return {
    view,
    facts: {
      base: view.base,
      baseTree: 'c'.repeat(40),
      tree: 'd'.repeat(40),
      commit,
      diffSha256: 'a'.repeat(64),
      document,
      signatures: [signatureOver(document, at)],
    },
  };
}

function documentOf({ id, set, stack, reason }: ChangeView, commit: string): ChangeDocument {
  const sha256 = 'f'.repeat(64);
  return {
    v: 1,
    change: id,
    set,
    attempt: 1,
    requester: { agent: 'agent:claude', human: 'human:mira' },
    reason,
    repository: {
      url: 'https://git.example.net/homelab',
      base: 'b'.repeat(40),
      commit,
      tree: 'd'.repeat(40),
      diffSha256: sha256,
    },
    stack,
    tier: '1',
    profile: { name: 'plain', sha256 },
    plan: { sha256, semantic: 'same', format: '1.2', counts: {}, executes: [], complete: true },
    workdir: { sha256, engineFolder: stack },
    state: null,
    lockFile: null,
    programs: [],
    policy: { rules: sha256, renderer: '1' },
    shown: sha256,
    risk: { level: 'low', rules: [] },
    expect: [],
    boundary: 'separate user',
  };
}

/** Nobody proves it here: that is the applier's. */
function signatureOver(document: ChangeDocument, at: Date): Signature {
  const signed = {
    v: 1,
    keep: 'keep',
    nonce: randomBytes(32).toString('base64url'),
    issuedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + 3_600_000).toISOString(),
    approver: { name: 'mira', credential: 'one' },
    kind: 'approve',
    set: document.set,
    documents: [{ change: document.change, sha256: digestOf(document) }],
    audit: [],
  };
  const assertion = { credential: 'one', clientDataJSON: '', authenticatorData: '', signature: '' };
  return { document: canonicalJson(signed), assertion };
}
