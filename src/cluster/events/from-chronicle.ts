import { Untrusted } from '../../kit/index.ts';
import type { Entry, What } from '../chronicle/entry.ts';
import type { Occurrence } from './group-events.ts';

/** What the API server has no event for, and the chronicle an entry. */
const reasons: Partial<Readonly<Record<What, string>>> = {
  oom: 'OOMKilled',
  restart: 'ContainerDied',
  evicted: 'PodEvicted',
  deleted: 'Deleted',
  'node-condition': 'NodeCondition',
  'node-boot': 'NodeBooted',
  'job-finished': 'JobFinished',
};

/** The entries that belong among events. */
export const eventWhats: readonly What[] = [
  'event',
  'oom',
  'restart',
  'evicted',
  'deleted',
  'node-condition',
  'node-boot',
  'job-finished',
];

export function occurrenceOf(entry: Entry): Occurrence {
  const { what, warning, about, root, count, at: first, last, text } = entry;
  const kept = { warning: warning === true, about, root, count, first, last, from: 'chronicle' } as const;
  if (what === 'event') {
    const message = entry.detail ?? new Untrusted('');
    return { ...kept, reason: entry.reason ?? '?', message, template: entry.template };
  }
  const message = entry.detail?.map((detail) => `${text}: ${detail}`) ?? new Untrusted(text);
  return { ...kept, reason: reasons[what] ?? what, message, template: text };
}
