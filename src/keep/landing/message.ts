import { stripHiddenCharacters } from '../../kit/index.ts';
import type { ProposedCommit } from './port.ts';

/**
 * What a commit of the keep says of itself. The first line and the trailers are the keep's words; an agent's stand between them,
 * every line quoted, so that no tool takes one for a trailer, a closing word or an order to a pipeline.
 */
export function messageOf(proposal: ProposedCommit): string {
  const { change, set, changes = [change], stacks = [], agent, human, reason } = proposal;
  const trailers = [
    ...[...new Set([...changes, change])].sort().map((id) => `Castellan-Change: ${oneLine(id)}`),
    ...(set === undefined ? [] : [`Castellan-Set: ${oneLine(set)}`]),
    `Requested-By: ${oneLine(agent)} for ${oneLine(human)}`,
  ];
  const quoted = quote(reason);
  return (
    [`castellan: ${subjectOf(stacks, change)}`, ...(quoted === '' ? [] : [quoted]), trailers.join('\n')].join('\n\n') +
    '\n'
  );
}

const longestReason = 4_000;
const longestLabel = 200;
const longestSubject = 60;

function subjectOf(stacks: readonly string[], change: string): string {
  const [stack, ...others] = [...new Set(stacks)];
  if (others.length > 0) return `${others.length + 1} stacks`;
  const name = oneLine(stack ?? change);
  return name.length > longestSubject ? `${name.slice(0, longestSubject).toWellFormed()}…` : name;
}

function quote(reason: string): string {
  const text = stripHiddenCharacters(reason.slice(0, longestReason).replace(lineEnds, '\n'))
    // `[skip ci]` and its like are read wherever they stand.
    .replaceAll('[', '(')
    .replaceAll(']', ')');
  const lines = text.split('\n').map((line) => `> ${line}`.trimEnd());
  return text.trim() === '' ? '' : lines.join('\n');
}

function oneLine(label: string): string {
  return stripHiddenCharacters(label.slice(0, longestLabel).replace(lineEnds, ' ')).replace(/\s+/g, ' ').trim();
}

/** Everything that some reader takes for the end of a line. */
const lineEnds = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
