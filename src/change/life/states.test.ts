import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, type ChangeState, changeStates, holdingStates, isOver, mayStep, waitingStates } from './states.ts';

const actors: readonly Actor[] = ['agent', 'keep', 'signature', 'human', 'applier'];

/** Every step there is, by hand; whatever is not here does not exist. */
const allowed = `
draft                scanning             keep
draft                blocked              keep
draft                plan-failed          keep
draft                rejected             human
draft                withdrawn            agent
draft                expired              keep
draft                stale                keep applier
draft                superseded           keep
scanning             blocked              keep
scanning             needs-consent        keep
scanning             planning             keep
scanning             no-changes           keep
scanning             plan-failed          keep
scanning             rejected             human
scanning             withdrawn            agent
scanning             expired              keep
scanning             stale                keep applier
scanning             superseded           keep
needs-consent        planning             signature
needs-consent        rejected             human
needs-consent        withdrawn            agent
needs-consent        expired              keep
needs-consent        stale                keep applier
needs-consent        superseded           keep
planning             plan-failed          keep
planning             no-changes           keep
planning             denied               keep
planning             awaiting-approval    keep
planning             rejected             human
planning             withdrawn            agent
planning             expired              keep
planning             stale                keep applier
planning             superseded           keep
awaiting-approval    approved             signature
awaiting-approval    rejected             human
awaiting-approval    withdrawn            agent
awaiting-approval    expired              keep
awaiting-approval    stale                keep applier
awaiting-approval    superseded           keep
denied               approved             signature
denied               rejected             human
denied               withdrawn            agent
denied               expired              keep
denied               stale                keep applier
denied               superseded           keep
approved             applying             applier
approved             planning             keep
approved             rejected             human
approved             withdrawn            agent
approved             expired              keep
approved             stale                keep applier
approved             superseded           keep
applying             applied              applier
applying             partially-applied    applier
applying             failed-clean         applier
applying             interrupted          applier keep
applied              verified             applier
applied              failed-expectation   applier
verified             landed               applier
verified             landing-failed       applier
landing-failed       landed               applier
failed-expectation   superseded           keep
`
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [from = '', to = '', ...by] = line.split(/\s+/);
    return by.map((actor) => `${from} ${to} ${actor}`);
  });

const everyStep = changeStates.flatMap((from) =>
  changeStates.flatMap((to) => actors.map((actor) => ({ from, to, actor }))),
);
const taken = everyStep.filter(({ from, to, actor }) => mayStep(from, to, actor));

const state = fc.constantFrom(...changeStates);
const actor = fc.constantFrom(...actors);

/** Everywhere somebody can come to from a state. */
function reachableFrom(start: ChangeState): ReadonlySet<ChangeState> {
  const seen = new Set([start]);
  for (const from of seen) for (const step of taken) if (step.from === from) seen.add(step.to);
  return seen;
}

describe('the life of a change', () => {
  it('has exactly the steps that are written down here, by whoever is written down', () => {
    expect(new Set(taken.map(({ from, to, actor: by }) => `${from} ${to} ${by}`))).toEqual(new Set(allowed));
    expect(everyStep).toHaveLength(24 * 24 * 5);
  });

  it('is approved by a signature alone', () => {
    const approving = taken.filter(({ to }) => to === 'approved');
    expect(approving.map(({ from, actor: by }) => `${from} ${by}`).toSorted()).toEqual([
      'awaiting-approval signature',
      'denied signature',
    ]);
  });

  it('goes on to be planned from needs-consent by a signature alone', () => {
    for (const { to, actor: by } of taken.filter(({ from }) => from === 'needs-consent')) {
      if (!isOver(to)) expect([to, by]).toEqual(['planning', 'signature']);
    }
  });

  it('is applied, and what follows, by the applier alone; only its death is noted by the keep', () => {
    const after: readonly ChangeState[] = [
      'applying',
      'applied',
      'partially-applied',
      'failed-clean',
      'interrupted',
      'verified',
      'failed-expectation',
      'landing-failed',
      'landed',
    ];
    const others = taken.filter(({ to, actor: by }) => after.includes(to) && by !== 'applier');
    expect(others).toEqual([{ from: 'applying', to: 'interrupted', actor: 'keep' }]);
  });

  it('cannot be left by an agent, a human or time once it is being applied', () => {
    for (const from of ['applying', 'applied', 'verified', 'landing-failed'] as const) {
      for (const to of ['rejected', 'withdrawn', 'expired', 'stale', 'superseded'] as const) {
        expect(actors.filter((by) => mayStep(from, to, by))).toEqual([]);
      }
    }
  });

  it('reaches every state from draft', () => {
    expect([...reachableFrom('draft')].toSorted()).toEqual([...changeStates].toSorted());
  });

  it('ends: what is over has no way on, whatever anybody tries, and everything else has one to an end', () => {
    for (const from of changeStates) {
      const on = reachableFrom(from);
      expect(on.size === 1).toBe(isOver(from));
      expect([...on].some(isOver)).toBe(true);
    }
  });

  it('never comes to approved or beyond on a walk without a signature', () => {
    const step = fc.record({ to: state, by: actor.filter((by) => by !== 'signature') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (walk) => {
        let at: ChangeState = 'draft';
        for (const { to, by } of walk) if (mayStep(at, to, by)) at = to;
        expect(['approved', 'applying', 'applied', 'verified', 'landed']).not.toContain(at);
      }),
    );
  });

  it('never stays where it is: a step twice is a step too many', () => {
    fc.assert(fc.property(state, actor, (same, by) => !mayStep(same, same, by)));
  });

  it('holds its stack from the scan until it is over, and waits for a human in three states', () => {
    expect(holdingStates.filter(isOver)).toEqual([]);
    const live = changeStates.filter((one) => !isOver(one));
    expect(live.filter((one) => !holdingStates.includes(one))).toEqual(['draft', 'denied', 'failed-expectation']);
    expect(waitingStates).toEqual(['needs-consent', 'awaiting-approval', 'denied']);
  });
});
