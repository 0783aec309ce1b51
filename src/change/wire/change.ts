import { z } from 'zod';
import { expectation, expectationResult } from '../expect/predicates.ts';
import { changeStates } from '../life/states.ts';
import { planSummary, runView, wireFinding } from './run.ts';

/**
 * What the keep tells the daemon of a change, and keeps of it. Everything here is masked already: it may be shown to an agent.
 */

/** `chg_` or `set_`, and 26 base32 digits: 130 random bits. */
export const changeId = z.string().regex(/^chg_[a-z2-7]{26}$/, 'must be an id like chg_…');
export const setId = z.string().regex(/^set_[a-z2-7]{26}$/, 'must be an id like set_…');

/** How far an apply came, resource by resource; addresses are printed as in the summary. */
export const applyReport = z.strictObject({
  startedAt: z.string(),
  endedAt: z.string().optional(),
  done: z.array(z.string()),
  failed: z.array(z.string()),
  /** Begun, and nobody knows how they ended. */
  unknown: z.array(z.string()),
  /** What the engine said, masked. */
  lines: z.array(z.string()),
  /** Whether the plan after the apply was empty; absent when there was none yet. */
  converged: z.boolean().optional(),
  /** The state's serial after it. */
  serial: z.int().optional(),
});
export type ApplyReport = z.output<typeof applyReport>;

export const changeView = z.strictObject({
  id: changeId,
  set: setId,
  /** From 1; of how many in the set. */
  order: z.int(),
  of: z.int(),
  stack: z.string(),
  state: z.enum(changeStates),
  /** Counts how often it was planned: an approval is for one attempt. */
  attempt: z.int(),
  createdAt: z.string(),
  changedAt: z.string(),
  /** When what waits for a human expires. */
  expiresAt: z.string().optional(),
  agent: z.string(),
  human: z.string(),
  /** In the words of whoever asked. */
  reason: z.string(),
  incident: z.string().optional(),
  revises: changeId.optional(),
  /** The revert of this one, where one was planned; and of which this is the revert. */
  revertedBy: changeId.optional(),
  reverts: changeId.optional(),
  /** The change that has the stack, while this one waits for it. */
  queuedBehind: changeId.optional(),
  base: z.string(),
  proposed: z.string().optional(),
  /** What would land, and did. */
  commit: z.string().optional(),
  landedAs: z.string().optional(),
  changedFiles: runView.shape.changedFiles,
  findings: z.array(wireFinding),
  /** What a human would consent to: SHA-256 over {tree, diff, profile}. */
  consent: z.string().optional(),
  summary: planSummary.optional(),
  failure: runView.shape.failure,
  engine: z.string().optional(),
  stateOf: runView.shape.stateOf,
  expect: z.array(expectation),
  expected: z.array(expectationResult).optional(),
  apply: applyReport.optional(),
  /** Why it is stale, blocked, rejected by policy, interrupted or could not land: our own words. */
  why: z.string().optional(),
  /** What a human wrote who rejected it. */
  words: z.string().optional(),
  approvedBy: z.array(z.string()),
  brokenGlass: z.boolean(),
  took: z.record(z.string(), z.number()),
});
export type ChangeView = z.output<typeof changeView>;
