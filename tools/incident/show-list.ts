import { agoText } from '../../src/cluster/index.ts';
import { type Answer, table } from '../../src/kit/index.ts';
import { given } from './given.ts';
import { momentOf } from './moment.ts';
import { skippedBy } from './paging.ts';
import type { Asked, Showing } from './show.ts';
import { plainName, severityText, told } from './words.ts';

const over = ['final', 'amended', 'dismissed', 'merged'];

export async function listAnswer({ text, since, limit }: Asked, { ports, page, now }: Showing): Promise<Answer> {
  const skip = skippedBy(page);
  const { incidents, total } = await ports.record.list({
    limit: limit ?? 50,
    skip,
    ...given({ about: text, since: since === undefined ? undefined : momentOf(since, now()) }),
  });
  const open = incidents.filter(({ status }) => !over.includes(status)).length;
  return table({
    asOf: now(),
    coverage: { covered: 'the record of incidents' },
    headline: total === 0 ? 'NONE of this kind' : `${total} in the record, ${open} of these not over`,
    columns: ['id', 'no', 'severity', 'status', 'opened', 'services', 'title'],
    rows: incidents.map((incident) => [
      incident.id,
      incident.number,
      severityText(incident),
      incident.status,
      agoText(incident.openedAt, now()),
      incident.services.slice(0, 5).map(plainName).join(' '),
      told(incident.title, 120),
    ]),
    total,
    skipped: skip,
    continueAt: (shown) => page.mint({ skip: shown }),
    narrow: 'narrow with text=, since=',
  });
}
