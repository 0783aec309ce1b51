import { setImmediate } from 'node:timers/promises';
import type { EditReply, FieldWish } from '../../change/wire/edit.ts';
import { diffSide } from '../../iac/edit/diff-side.ts';
import type { EditOutcome, FieldChange, PrepareEdit, RefusedEdit } from '../../iac/edit/port.ts';
import type { ObjectName } from '../../iac/origin/find-object.ts';
import type { OriginSources } from '../../iac/origin/origins.ts';
import { oneLine, type Redact } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { Tree } from '../runs/parts.ts';
import { profileOf } from '../runs/profiles.ts';
import { editError } from './errors.ts';
import { isHidden } from './hidden-value.ts';
import { sourcesOf } from './sources.ts';

/** What edit of a tree gives fields of an object another value, as far as an agent may see it. Errors: `edit-busy`. */
export type EditOf = (question: EditQuestion) => Promise<EditReply>;

export interface EditQuestion {
  /** The tree is read when the answer needs it, and its turn has come. */
  base(): Promise<Tree>;
  readonly object: ObjectName;
  readonly wishes: readonly FieldWish[];
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface EditOptions {
  readonly prepare: PrepareEdit;
  readonly profiles: readonly Profile[];
  readonly redact: Redact;
}

/** Each works out every stack again: one at a time, and so many that wait. */
const mostWaiting = 8;
const longestPatch = 60_000;
const mostChanges = 60;
const mostOthers = 5;
const longestValue = 200;

export function createEdits(options: EditOptions): EditOf {
  let asked = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return async (question) => {
    const early = secretAsked(question, options.redact);
    if (early !== undefined) return early;
    if (asked > mostWaiting) {
      throw editError('edit-busy', {
        message: 'other edits of the source are being worked out',
        next: 'ask again in some seconds',
      });
    }
    asked += 1;
    const mine = turn.then(async () => {
      // Whatever else the keep does, pages of humans among it, comes before the next one.
      await setImmediate();
      question.signal.throwIfAborted();
      return prepared(question, options);
    });
    turn = mine
      .catch(() => undefined)
      .finally(() => {
        asked -= 1;
      }); // Told to whoever asked for it.
    return mine;
  };
}

/** Decided by what was asked alone: nothing of the source tells whether a guess was near. */
function secretAsked({ object, wishes }: EditQuestion, redact: Redact): EditReply | undefined {
  const isSecret = object.kind.toLowerCase() === 'secret';
  const isMasked = wishes.some(({ value }) => typeof value === 'string' && redact(value).text !== value);
  return isSecret || isMasked ? { is: 'refused', why: 'secret', others: [] } : undefined;
}

async function prepared({ base, object, wishes }: EditQuestion, options: EditOptions): Promise<EditReply> {
  const { prepare, profiles, redact } = options;
  const tree = await base();
  const stacks = new Map<string, OriginSources>();
  for (const stack of tree.graph.stacks.keys()) {
    // Also those that are never planned: what they share with others is shared.
    stacks.set(stack, await sourcesOf(tree, stack, profileOf(profiles, stack)?.profile));
  }
  const text = (path: string): string | undefined => tree.source.files.get(path);
  const wished = wishes.map(({ path, value }) => ({ path, value }));
  const outcome = await prepare({ stacks, text, isHidden: (one) => isHidden(one, text, redact) }, object, wished);
  if (outcome.is === 'refused') return refusedReply(outcome);
  const doubt = doubtOf(outcome, { tree, stacks, profiles, redact });
  if (doubt !== undefined) return refusedReply({ ...refusedAt(outcome), ...doubt });
  return {
    is: 'prepared',
    stack: outcome.stack,
    address: outcome.address,
    place: placeOf(outcome.place),
    patch: outcome.patch,
    changes: outcome.changes.slice(0, mostChanges).map((change) => toldChange(change, redact)),
    also: outcome.also.slice(0, mostChanges).map((change) => toldChange(change, redact)),
  };
}

type Prepared = Extract<EditOutcome, { is: 'prepared' }>;

interface Seen {
  readonly tree: Tree;
  readonly stacks: ReadonlyMap<string, OriginSources>;
  readonly profiles: readonly Profile[];
  readonly redact: Redact;
}

/** Why an edit that is right in itself is not given out; undefined when it is. */
function doubtOf(
  { patch, stack, place }: Prepared,
  { tree, stacks, profiles, redact }: Seen,
): Pick<RefusedEdit, 'why' | 'others'> | undefined {
  // A diff with a mask in it is no diff any more, and one without it would show what the mask hides.
  // Signs at the beginning of lines keep a name apart from the value below it.
  if ([patch, diffSide(patch, 'before'), diffSide(patch, 'after')].some((text) => redact(text).text !== text)) {
    return { why: 'secret', others: [] };
  }
  if (Buffer.byteLength(patch) > longestPatch) return { why: 'not-proven', others: [] };
  // A stack whose source cannot be read would have said nothing, whatever the edit makes of it.
  const unread = tree.graph
    .stacksUsing(editedFiles(patch, place.file))
    .filter((one) => one !== stack && (stacks.get(one)?.files ?? []).length === 0);
  if (unread.length > 0) return { why: 'shared', others: unread };
  const profile = profileOf(profiles, stack);
  return profile === undefined || profile.skipped !== undefined ? { why: 'not-proven', others: [] } : undefined;
}

function editedFiles(patch: string, first: string): readonly string[] {
  return [...new Set([first, ...[...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path = '']) => path)])];
}

function refusedAt({ stack, place, changes }: Prepared): Omit<RefusedEdit, 'why' | 'others'> {
  return { is: 'refused', field: changes[0]?.field, stack, place };
}

function refusedReply({ why, field, stack, place, others }: RefusedEdit): EditReply {
  return {
    is: 'refused',
    why,
    ...(field === undefined ? {} : { field }),
    ...(stack === undefined ? {} : { stack }),
    ...(place === undefined ? {} : { place: placeOf(place) }),
    others: others.slice(0, mostOthers),
  };
}

function placeOf({ file, range }: Prepared['place']): { readonly file: string; readonly line: number } {
  return { file, line: range.line };
}

function toldChange({ field, before, after }: FieldChange, redact: Redact) {
  // Redacted whole: a value that was cut first may be one that nothing recognises.
  const told = (value: FieldChange['before']): string => oneLine(redact(String(value)).text, longestValue);
  return {
    field,
    ...(before === undefined ? {} : { before: told(before) }),
    ...(after === undefined ? {} : { after: told(after) }),
  };
}
