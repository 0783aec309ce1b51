import type { KeepState } from '../../src/change/wire/protocol.ts';
import type { StackView } from '../../src/change/wire/stacks.ts';
import { ageText, counted } from '../../src/cluster/index.ts';
import { type Cell, oneLine, Untrusted } from '../../src/kit/index.ts';

/**
 * Words for what the keep says. States, counts and times are the keep's own and stand in sentences of ours; names, paths,
 * values and an engine's text come out of the repository, where anybody may have written them, and stand apart.
 */

/** A name in a form no sentence has: a folder, an address, an image. */
const plain = /^[\w.@:+=~/[\]"-]{1,200}$/;

export function nameCell(name: string): Cell {
  return plain.test(name) ? name : new Untrusted(name);
}

/** A name inside a sentence of ours; `?` when it could be a sentence itself. */
export function plainName(name: string): string {
  return plain.test(name) ? name : '?';
}

export function block(lines: readonly string[]): readonly Untrusted[] {
  return lines.length === 0 ? [] : [new Untrusted(lines.join('\n'))];
}

/** What an agent wrote earlier, or lines with such words among them. */
export function agentBlock(lines: readonly string[]): readonly Untrusted[] {
  return lines.length === 0 ? [] : [Untrusted.byAgent(lines.join('\n'))];
}

/** Who asked, as the daemon called them: an agent may have chosen its name. */
export function askerCell({ agent, human }: { readonly agent: string; readonly human: string }): Untrusted {
  return Untrusted.byAgent(`${oneLine(agent, 80)} for ${oneLine(human, 80)}`);
}

export function placeText(place: { readonly file?: string | undefined; readonly line?: number | undefined }): string {
  if (place.file === undefined) return '';
  return `${oneLine(place.file, 200)}${place.line === undefined ? '' : `:${place.line}`}`;
}

/** `5h ago`, `never`, `?` for a time that is none. */
export function agoText(at: string | undefined, now: Date): string {
  if (at === undefined) return 'never';
  const milliseconds = ageOf(at, now);
  return milliseconds === undefined ? '?' : `${ageText(milliseconds)} ago`;
}

/** Milliseconds. */
export function ageOf(at: string | undefined, now: Date): number | undefined {
  const time = Date.parse(at ?? '');
  return Number.isNaN(time) ? undefined : now.getTime() - time;
}

export function commitText(commit: string | undefined): string {
  return commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit) ? commit.slice(0, 12) : '?';
}

/** Every answer says it: who could have tampered with it, and what would be done with it. */
export function keepNotes(keep: KeepState, now: Date): readonly string[] {
  const { boundary, frozenSince, trustedBase, ahead } = keep;
  const fetched = agoText(keep.fetchedAt, now);
  return [
    boundary === 'separate user'
      ? 'boundary: separate user'
      : 'boundary: same user (--seat-belt): the keep guards against accidents here, not against an agent that means it',
    ...(frozenSince === undefined
      ? []
      : [`FROZEN, ${agoText(frozenSince, now)}: nothing is applied until a human thaws it`]),
    trustedBase === undefined
      ? 'no trusted base: nothing can be planned before a human adopts a commit'
      : `trusted base ${commitText(trustedBase.commit)}, fetched ${fetched}${aheadText(ahead)}`,
  ];
}

function aheadText(ahead: number | undefined): string {
  if (ahead === undefined) return '; how far the branch is ahead is not known';
  return ahead === 0 ? '' : `; ${counted(ahead, 'commit')} on the branch not adopted by a human, so not looked at here`;
}

/** What the keep itself has trouble with; may quote names of the repository. */
export function problemBlock({ problems }: KeepState): readonly (string | Untrusted)[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, 5).map((problem) => oneLine(problem, 200));
  const more = problems.length > 5 ? [`and ${problems.length - 5} more`] : [];
  return [`the keep has trouble (${problems.length}):`, ...block([...shown, ...more])];
}

/** `differs 5h ago`; what was never measured is unknown. */
export function driftText({ drift, skipped }: StackView, now: Date): string {
  if (skipped !== undefined) return 'skipped';
  if (drift.at === undefined) return 'unknown, never planned';
  return `${drift.state}${drift.state === 'differs' && drift.confirmed ? ' (confirmed)' : ''} ${agoText(drift.at, now)}`;
}
