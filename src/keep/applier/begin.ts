import type { ChangeDocument } from '../../change/document/documents.ts';
import type { ApplySurroundings, PulledState } from '../planner/apply-port.ts';
import {
  proveLockFile,
  provePrograms,
  proveRepository,
  proveSealed,
  proveState,
  proveSurroundings,
  stateThatIs,
} from './bound.ts';
import type { ApplierOptions } from './create.ts';
import { assertFlawless, forged, halted, unless } from './flaw.ts';
import { proveJudged } from './judged.ts';
import type { ApplyOrder, ApplyStep } from './port.ts';
import { type Approval, anyOutOfTime, proveSignatures, spendingOf } from './signed.ts';

/** All that was proved, with the engine's surroundings open and nothing changed yet: the change is being applied from here on. */
export interface Begun {
  readonly surroundings: ApplySurroundings;
  /** Undefined: there is none. */
  readonly before: PulledState | undefined;
  /** The tree in which a state that is a file is found. */
  readonly tree: string;
  /** Of the plan that is applied. */
  readonly json: string;
  readonly print: (address: string) => string;
}

/** Errors: `Refused`, and then nothing was changed and nobody has to clean up. */
export async function beginApply(
  options: ApplierOptions,
  order: ApplyOrder,
  signal: AbortSignal,
  opened: AsyncDisposableStack,
): Promise<Begun> {
  const { document, profile, change } = order;
  const { sealed, landing, words, log } = options;
  const look = <Value>(field: string, work: () => Promise<Value> | Value): Promise<Value> =>
    unless(field, work, 'halted', log);
  const step = async (name: ApplyStep): Promise<void> => {
    if (signal.aborted) assertFlawless([halted('keep: it is stopping; nothing was begun')]);
    await look('journal', () => order.onStep(name));
  };

  await step('prove');
  if (document.change !== change) assertFlawless([forged('change: the document is of another one')]);
  await look('freeze', () => options.freeze.assertNotFrozen());
  const { approvals, flaws } = await proveSignatures(document, order.signatures, {
    approvers: options.approvers,
    twoPeople: options.keep.twoPeople,
    now: options.now,
    log,
  });
  // Whatever nobody signed is not looked into any further.
  assertFlawless(flaws);
  assertFlawless(await look('keep', () => proveSurroundings(document, profile, options.keep)));
  const { flaws: ofRepository, head } = await proveRepository(document, options);
  assertFlawless(ofRepository);
  const work = await look('sealed', () => sealed.open(change));
  assertFlawless(proveSealed(document, work));

  await step('unpack');
  const surroundings = opened.use(
    await look('surroundings', () =>
      options.openSurroundings(
        {
          run: runOf(document),
          stack: document.stack,
          profile,
          work,
          planSha256: document.plan.sha256,
          workdirSha256: document.workdir.sha256,
          engineFolder: document.workdir.engineFolder,
        },
        signal,
      ),
    ),
  );
  assertFlawless([
    ...provePrograms(document, await look('programs', () => surroundings.programs())),
    ...proveLockFile(document, await look('lock file', () => surroundings.lockFileSha256())),
  ]);

  await step('state');
  const found = await look('state', () => surroundings.state(signal));
  const before = stateThatIs(found);
  assertFlawless(proveState(document, before));
  const tree = head === document.repository.commit ? document.repository.tree : await treeOf(options, head);
  if (profile.state.kind === 'sops') {
    assertFlawless(
      proveState(document, stateThatIs(await look('state', () => surroundings.stateInTree(tree, signal)))),
    );
  }
  const json = await shownPlan(surroundings, signal, look);
  const judged = await look('judgement', () => options.judge({ document, profile, json, state: found?.facts, signal }));
  assertFlawless(proveJudged(document, judged));
  const print = await look('words', () => words.printer(document, profile));

  await step('snapshot');
  if (before !== undefined) await look('snapshot', () => sealed.keepState(`${change}-before`, before.bytes));

  await step('announce');
  await look('announce', () => landing.announce(change, document.repository.commit));

  await step('apply');
  await enter(options, order, approvals, signal);
  return { surroundings, before, tree, json, print };
}

/** The last looks, and the point of no return: what is spent here is spent, whatever comes after. */
async function enter(
  options: ApplierOptions,
  { document, enter: enterApplying }: ApplyOrder,
  approvals: readonly Approval[],
  signal: AbortSignal,
): Promise<void> {
  const { approvers, freeze, log, now } = options;
  await unless('freeze', () => freeze.assertNotFrozen(), 'halted', log);
  assertFlawless(anyOutOfTime(approvals, now()));
  if (signal.aborted) assertFlawless([halted('keep: it is stopping; nothing was begun')]);
  await unless('nonce', () => approvers.spend(spendingOf(document), `apply of ${document.change}`), 'forged', log);
  await unless('journal', enterApplying, 'halted', log);
}

const longestLookMs = 120_000;
const mostJson = 256_000_000;

async function shownPlan(
  surroundings: ApplySurroundings,
  signal: AbortSignal,
  look: <Value>(field: string, work: () => Promise<Value>) => Promise<Value>,
): Promise<string> {
  const { exitCode, ended, stdout } = await look('plan', () =>
    surroundings.run([surroundings.engine, 'show', '-json', surroundings.plan], {
      signal,
      wallMs: longestLookMs,
      outputBytes: mostJson,
    }),
  );
  // Whoever ended it says nothing about the plan.
  if (ended !== 'exit') assertFlawless([halted(`plan: the engine was ended while it read what was sealed (${ended})`)]);
  if (exitCode !== 0 || !stdout.startsWith('{')) {
    assertFlawless([forged('plan: the engine cannot read what was sealed')]);
  }
  return stdout;
}

async function treeOf({ repository, log }: ApplierOptions, commit: string): Promise<string> {
  return unless('branch', async () => (await repository.git.commit(commit)).tree, 'halted', log);
}

/** Names a folder: of one attempt, since what an earlier one left is never taken for this one's. */
function runOf({ change, attempt }: ChangeDocument): string {
  return `apply_${change.slice('chg_'.length)}_${attempt}`;
}
