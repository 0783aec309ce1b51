import { oneLine } from '../../kit/index.ts';
import type { Line } from './define.ts';
import type { InfraCommit } from './port.ts';
import { stamp } from './time.ts';

const mostPaths = 12;

export function commitLine({ id, at, author, subject, paths }: InfraCommit): Line {
  const shown = paths.slice(0, mostPaths).join(', ');
  const more = paths.length > mostPaths ? ` and ${paths.length - mostPaths} more` : '';
  const text = `${stamp(at)} commit ${id.slice(0, 12)} by ${oneLine(author, 100)}: ${oneLine(subject, 300)} [${shown}${more}]`;
  const row = {
    at,
    precision: 'second' as const,
    about: paths[0] ?? 'repository',
    text: `commit ${id.slice(0, 12)}`,
    quote: oneLine(subject, 300),
    change: true,
  };
  return { text, row };
}
