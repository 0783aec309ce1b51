import { error, type ReportRule, shown } from '../rule.ts';

export const actionsCanBeFollowed: ReportRule = {
  id: 'V23',
  title: 'Every action item has somebody who does it, a day to come, and a test of whether it landed.',
  severities: ['error'],
  *check(input) {
    const { actions } = input.narrative;
    const began = input.dossier.incident.startedAt ?? input.dossier.incident.detectedAt;
    for (const [index, { title, owner, due, status, verify, priority }] of actions.entries()) {
      const path = `actions[${index}]`;
      if (nobody.test(owner.trim())) yield error(`${path}.owner`, `“${shown(owner)}” is nobody`, 'name one human');
      const day = Date.parse(due);
      if (status === 'open' && day + dayMs <= input.now.getTime())
        yield error(`${path}.due`, `${due} is over`, 'give a day to come');
      else if (day + dayMs <= began.getTime())
        yield error(`${path}.due`, `${due} is before the incident`, 'give a day after it');
      else if (day > input.now.getTime() + horizonMs[priority])
        yield error(
          `${path}.due`,
          `${due} is too far away for ${priority}`,
          'give an earlier day, or another priority',
        );
      if (actions.findIndex((other) => sameTitle(other.title, title)) !== index)
        yield error(`${path}.title`, 'there are two items of this title', 'give every item a title of its own');
      const kept = input.dossier.actions.find((action) => sameTitle(action.title, title));
      if ((status === 'landed' || status === 'regressed') && kept?.status !== status)
        yield error(`${path}.status`, `nothing shows that it ${status}`, 'write `open`; action_update verifies it');
      if (verify.kind === 'manual' && verify.why.trim().split(/\s+/).length < 3)
        yield error(`${path}.verify`, 'it is not said why no machine can tell', 'say why, or give a test');
    }
  },
};

const dayMs = 86_400_000;
const horizonMs = { P0: 60 * dayMs, P1: 180 * dayMs, P2: 370 * dayMs, P3: 740 * dayMs } as const;
const nobody =
  /^(?:|-+|\?+|n\/?a|none|nobody|no ?one|anyone|someone|somebody|everyone|everybody|all|we|us|team|the team|ops|unassigned|unknown|owner|tbd|tba|todo)$/i;

function sameTitle(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
