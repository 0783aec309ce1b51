import type { Narrative } from '../narrative.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const causeLeadsToImpact: ReportRule = {
  id: 'V15',
  title: 'The steps of the cause lead from a root to the impact without a circle, and no effect is before its cause.',
  severities: ['error'],
  *check(input) {
    const { steps } = input.narrative.cause;
    const byId = new Map(steps.map((step) => [step.id, step]));
    for (const [index, { id, leadsTo, at }] of steps.entries()) {
      const path = `cause.steps[${index}]`;
      if (byId.get(id) !== steps[index] || id === impact)
        yield error(`${path}.id`, `the id ${id} is taken`, 'give every step an id of its own');
      if (leadsTo.length === 0)
        yield error(`${path}.leadsTo`, `${id} leads to nothing`, 'name the step it leads to, or `impact`');
      for (const next of leadsTo) {
        const effect = byId.get(next);
        if (effect === undefined && next !== impact)
          yield error(`${path}.leadsTo`, `there is no step ${shown(next)}`, 'name a step by its id, or `impact`');
        if (at !== undefined && effect?.at !== undefined && Date.parse(effect.at) < Date.parse(at))
          yield error(
            `${path}.leadsTo`,
            `${next} happened before ${id}, its cause`,
            'set the times or the order right',
          );
      }
      if (leadsTo.length > 0 && !reaches(id, byId))
        yield error(`${path}.leadsTo`, `${id} does not lead to the impact`, 'lead every step to `impact`');
    }
    const effects = new Set(steps.flatMap(({ leadsTo }) => leadsTo));
    const roots = steps.filter(({ id }) => !effects.has(id));
    if (roots.length === 0 || isCircular(steps))
      yield error('cause.steps', 'the steps go in a circle', 'begin with a root that nothing leads to');
    const { startedAt, resolvedAt } = input.dossier.incident;
    const timed = roots.flatMap(({ at }) => (at === undefined ? [] : [Date.parse(at)]));
    if (
      startedAt !== undefined &&
      timed.length > 0 &&
      timed.length === roots.length &&
      timed.every((at) => at > startedAt.getTime() + slackMs)
    )
      yield error(
        'cause.steps',
        'every root is after the beginning of the incident',
        'look for what was there before it, or set the times right',
      );
    for (const [index, { at }] of steps.entries())
      if (at !== undefined && resolvedAt !== undefined && Date.parse(at) > resolvedAt.getTime() + slackMs)
        yield error(
          `cause.steps[${index}].at`,
          'the step is after the incident was resolved',
          'set its time right, or leave it out',
        );
  },
};

const impact = 'impact';
const slackMs = 60_000;
type Step = Narrative['cause']['steps'][number];

function reaches(start: string, byId: ReadonlyMap<string, Step>): boolean {
  const seen = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === impact) return true;
    if (!seen.has(id)) open.push(...(byId.get(id)?.leadsTo ?? []));
    seen.add(id);
  }
  return false;
}

/** Takes away what nothing leads to, until nothing is left or a circle is. */
function isCircular(steps: readonly Step[]): boolean {
  let left = steps;
  for (;;) {
    const effects = new Set(left.flatMap(({ leadsTo }) => leadsTo));
    const next = left.filter(({ id }) => effects.has(id));
    if (next.length === left.length) return left.length > 0;
    left = next;
  }
}
