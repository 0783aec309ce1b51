import { error, type ReportRule } from '../rule.ts';

export const detectionIsImproved: ReportRule = {
  id: 'V25',
  title: 'Where a human had to notice, an action item is to detect it next time.',
  severities: ['error'],
  *check(input) {
    const { narrative, dossier } = input;
    const { by } = narrative.detection;
    const recorded = dossier.incident.detectedBy;
    if (people.includes(recorded) && !people.includes(by))
      yield error('detection.by', `the record says that it was noticed by a ${recorded}`, `write \`${recorded}\``);
    if (
      (people.includes(by) || people.includes(recorded)) &&
      !narrative.actions.some((action) => action.class === 'detect' && action.status !== 'dropped')
    )
      yield error('actions', 'a human noticed it, and no action item detects it', 'add an item of the class `detect`');
  },
};

const people: readonly string[] = ['user', 'human'];
