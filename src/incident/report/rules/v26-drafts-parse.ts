import { isScalar, parseAllDocuments, visit } from 'yaml';
import { error, type ReportRule, shown, warning } from '../rule.ts';

export const draftsParse: ReportRule = {
  id: 'V26',
  title: 'Drafts can be parsed, and define no alert that is there already.',
  severities: ['error', 'warning'],
  applies: ({ narrative }) => narrative.actions.some(({ draft, type }) => draft !== undefined || type === 'alert'),
  *check(input) {
    for (const [index, { draft, type, verify }] of input.narrative.actions.entries()) {
      const path = `actions[${index}]`;
      const problem = draft === undefined ? undefined : input.problemIn(draft);
      if (problem !== undefined)
        yield error(`${path}.draft`, `the draft does not parse: ${shown(problem)}`, 'mend it, or leave it out');
      const defined = draft?.language === 'yaml' ? definedIn(draft.text) : { alerts: [], expressions: [] };
      for (const query of defined.expressions) {
        const wrong = input.problemIn({ language: 'promql', text: query });
        if (wrong !== undefined)
          yield error(`${path}.draft`, `an expression is no PromQL: ${shown(wrong)}`, 'mend it, or leave it out');
      }
      for (const name of defined.alerts)
        if (input.alertNames?.includes(name))
          yield error(
            `${path}.draft`,
            `there is an alert ${shown(name)} already`,
            'choose another name, or change the rule that is there',
          );
      if (type === 'alert' && verify.kind === 'alert-rule') {
        if (draft === undefined && input.alertNames?.includes(verify.name))
          yield error(
            `${path}.verify.name`,
            `there is an alert ${shown(verify.name)} already`,
            'name the rule that is to be made',
          );
        if (defined.alerts.length > 0 && !defined.alerts.includes(verify.name))
          yield error(
            `${path}.verify.name`,
            `the draft defines ${shown(defined.alerts.join(', '))}`,
            'look for the alert that is drafted',
          );
      }
      if (type === 'alert' && input.alertNames === undefined)
        yield warning(path, 'alert rules could not be asked: the name may be taken', 'look at the rules yourself');
    }
  },
};

/** Aliases are not followed: a draft can be no bomb. */
function definedIn(text: string): { readonly alerts: readonly string[]; readonly expressions: readonly string[] } {
  const alerts: string[] = [];
  const expressions: string[] = [];
  const documents = parseAllDocuments(text);
  for (const document of Array.isArray(documents) ? documents : []) {
    visit(document, {
      Pair: (_, { key, value }) => {
        if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string') return;
        if (key.value === 'alert') alerts.push(value.value);
        if (key.value === 'expr') expressions.push(value.value);
      },
    });
  }
  return { alerts, expressions };
}
