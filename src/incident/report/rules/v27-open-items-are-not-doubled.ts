import { isDeepStrictEqual } from 'node:util';
import { type ReportRule, warning } from '../rule.ts';

export const openItemsAreNotDoubled: ReportRule = {
  id: 'V27',
  title: 'No action item repeats one that is open.',
  severities: ['warning'],
  applies: ({ narrative }) => narrative.actions.length > 0,
  *check(input) {
    const open = input.dossier.candidates
      .flatMap(({ actions }) => actions)
      .concat(input.dossier.actions.filter(({ incident }) => incident !== input.dossier.incident.id))
      .filter(({ status }) => status === 'open' || status === 'in-progress' || status === 'regressed');
    for (const [index, action] of input.narrative.actions.entries()) {
      const same = open.find(
        ({ title, verify }) =>
          alike(title, action.title) || (verify !== undefined && isDeepStrictEqual(verify, action.verify)),
      );
      if (same !== undefined)
        yield warning(
          `actions[${index}]`,
          `${same.id} is open for the same`,
          `name ${same.id} in recurrence.earlierActions instead`,
        );
    }
  },
};

/** Most of their words are the same. */
function alike(a: string, b: string): boolean {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  const both = [...one].filter((word) => other.has(word)).length;
  return both >= 2 && both / (one.size + other.size - both) >= 0.6;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? []);
}
