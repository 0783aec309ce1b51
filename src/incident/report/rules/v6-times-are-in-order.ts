import { error, type ReportRule } from '../rule.ts';

export const timesAreInOrder: ReportRule = {
  id: 'V6',
  title: 'It began, was detected, mitigated and resolved in this order, and the timeline runs forward.',
  severities: ['error'],
  *check(input) {
    const { startedAt, detectedAt, mitigatedAt, resolvedAt } = input.dossier.incident;
    const record = Object.entries({ startedAt, detectedAt, mitigatedAt, resolvedAt }).flatMap(([name, at]) =>
      at === undefined ? [] : [{ name, at }],
    );
    for (const [index, { name, at }] of record.entries()) {
      const before = record[index - 1];
      if (before !== undefined && before.at.getTime() > at.getTime())
        yield error(`incident.${name}`, `${name} is before ${before.name}`, 'set the times of the record right');
    }
    for (const [index, row] of input.timeline.entries()) {
      const before = input.timeline[index - 1];
      if (before !== undefined && before.at.getTime() > row.at.getTime())
        yield error(`timeline.${row.key}`, 'the row is older than the one before it', 'compile the timeline anew');
      if (row.until !== undefined && row.until.getTime() < row.at.getTime())
        yield error(`timeline.${row.key}`, 'the row ends before it begins', 'leave the row out and say why');
    }
  },
};
