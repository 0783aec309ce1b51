import { createHmac } from 'node:crypto';
import type { PlanSummary, WireResourceChange } from '../wire/run.ts';
import { doesSomething, semanticDigest } from './digest.ts';
import { createChangeMasker, type Line, linesOf, maskDrift, shownAddress } from './mask-changes.ts';
import { type MaskOptions, type Outgoing, outgoingOf, words } from './outgoing.ts';
import { isList, isObject } from './plan-json.ts';
import type { PlannedOutput, PlanReading } from './reading.ts';
import { cut } from './shown-leaf.ts';

/**
 * What of a plan leaves the keep.
 *
 *  first layer   a value is shown where it stands literally in the source; everything else is a word in «»
 *  second layer  what is left is searched for every secret of the plan, and redacted like everything that leaves
 *
 * It says what changes, not to what. So which of the resources named in the source change at all is told, and a proposal whose
 * conditions test a secret could learn a bit that way: the scan looks for that before there is a plan.
 */
export type MaskedPlan = Pick<
  PlanSummary,
  | 'counts'
  | 'changes'
  | 'moreChanges'
  | 'drift'
  | 'outputs'
  | 'checks'
  | 'deferred'
  | 'executes'
  | 'digest'
  | 'complete'
>;

const mostChanges = 200;
const mostOthers = 100;
const mostBytes = 64 * 1_024;

export function maskPlan(reading: PlanReading, options: MaskOptions): MaskedPlan {
  const outgoing = outgoingOf(reading, options);
  const lines = linesOf(reading.changes, options).filter(isTold);
  const address = (text: string): string => outgoing(shownAddress(text, options, false));
  const rest = {
    counts: countsOf(lines),
    drift: maskDrift(reading.drift, options, outgoing).slice(0, mostOthers),
    outputs: reading.outputs
      .filter(({ action }) => action !== 'no-op')
      .slice(0, mostOthers)
      .map((output) => maskOutput(output, options, outgoing)),
    checks: checksOf(reading, address),
    deferred: unique(reading.deferred.map((one) => `${address(one.address)}: ${reasonText(one.reason)}`)),
    executes: unique([
      ...reading.provisioners.map(({ address: at, type }) => `provisioner ${outgoing(type)} of ${address(at)}`),
      ...reading.actionInvocations.map(
        ({ address: at, type, trigger }) => `action ${address(at)} (${outgoing(type)}), ${reasonText(trigger)}`,
      ),
    ]),
    digest: createHmac('sha256', options.digestKey).update(semanticDigest(reading)).digest('hex'),
    complete: reading.complete,
  };
  const others = { ...rest, ...boundedOthers(rest) };
  const mask = createChangeMasker(options, outgoing);
  const changes = fitted(lines.slice(0, mostChanges).map(mask), mostBytes - bytesOf(others) - 256);
  const left = lines.length - changes.length;
  return { ...others, changes, ...(left > 0 ? { moreChanges: left } : {}) };
}

/** Outputs, checks and the rest leave most of the room to the changes. */
function boundedOthers<
  Lists extends Record<'drift' | 'outputs' | 'checks' | 'deferred' | 'executes', readonly unknown[]>,
>(rest: Lists): { [Name in 'drift' | 'outputs' | 'checks' | 'deferred' | 'executes']: Lists[Name][number][] } {
  const bounded = <Item>(items: readonly Item[]): Item[] => {
    let left = mostBytes / 12;
    return items.filter((item) => {
      left -= bytesOf(item) + 1;
      return left >= 0;
    });
  };
  return {
    drift: bounded(rest.drift),
    outputs: bounded(rest.outputs),
    checks: bounded(rest.checks),
    deferred: bounded(rest.deferred),
    executes: bounded(rest.executes),
  };
}

/** What does nothing is left out, unless it is brought in or moved. */
function isTold({ changes }: Line): boolean {
  return changes.some(doesSomething);
}

/** Instances that are not told apart count as one. */
function countsOf(lines: readonly Line[]): PlanSummary['counts'] {
  const count = (...actions: readonly string[]): number =>
    lines.filter(({ action }) => actions.includes(action)).length;
  return {
    create: count('create'),
    update: count('update'),
    delete: count('delete'),
    replace: count('replace'),
    forget: count('forget', 'create-then-forget'),
    import: lines.filter(({ changes }) => changes.some(({ importing }) => importing)).length,
    move: lines.filter(({ changes }) => changes.some(({ previousAddress }) => previousAddress !== undefined)).length,
    read: count('read'),
  };
}

function maskOutput(
  output: PlannedOutput,
  { origins }: MaskOptions,
  outgoing: Outgoing,
): PlanSummary['outputs'][number] {
  return { name: outgoing(output.name), action: output.action, value: cut(outgoing(outputText(output, origins))) };
}

function outputText(
  { name, after, action, sensitive, unknown }: PlannedOutput,
  origins: MaskOptions['origins'],
): string {
  if (sensitive) return words.sensitive;
  if (unknown) return words.unknown;
  if (action === 'delete') return '';
  if (isList(after) || isObject(after)) return words.computed;
  return origins.literal(`output.${name}`, [], after) === undefined ? words.computed : String(after);
}

/** The message of a check is made by the source out of values: it is not shown. The source has its text. */
function checksOf({ checks }: PlanReading, address: (text: string) => string): PlanSummary['checks'] {
  const told = new Map<string, PlanSummary['checks'][number]>();
  for (const check of checks) {
    if (check.status === 'pass') continue;
    const at = address(check.address);
    told.set(`${at} ${check.status}`, {
      address: at,
      status: check.status,
      problems: check.problems.length === 0 ? [] : [words.computed],
    });
  }
  return [...told.values()].slice(0, mostOthers);
}

/** Why the engine put something off, and what sets an action off. A word that is none of these may be anything, so it is not told. */
const reasons = new Set(
  (
    'instance_count_unknown resource_config_unknown provider_config_unknown absent_prereq deferred_prereq ' +
    'before_create after_create before_update after_update before_destroy after_destroy invoke'
  ).split(' '),
);

function reasonText(reason: string): string {
  const word = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  return reasons.has(word) ? word : 'unknown';
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.map(cut))].slice(0, mostOthers);
}

/** First every line, then what changes in each, as long as there is room. */
function fitted(changes: readonly WireResourceChange[], room: number): WireResourceChange[] {
  const lines: WireResourceChange[] = [];
  let left = room;
  for (const change of changes) {
    // Where there are many, what changes in the most dangerous is worth more than the last of the list.
    if (left < room * 0.3) break;
    const bare = { ...change, leaves: [], more: change.more + change.leaves.length };
    const size = bytesOf(bare) + 1;
    if (size > left) break;
    left -= size;
    lines.push(bare);
  }
  return lines.map((line, index) => {
    const leaves: WireResourceChange['leaves'] = [];
    for (const leaf of changes[index]?.leaves ?? []) {
      const size = bytesOf(leaf) + 1;
      if (size > left) break;
      left -= size;
      leaves.push(leaf);
    }
    return { ...line, leaves, more: line.more - leaves.length };
  });
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}
