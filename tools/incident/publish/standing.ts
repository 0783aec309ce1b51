import { isOver } from '../../../src/change/life/states.ts';
import { changeId } from '../../../src/change/wire/change.ts';
import type { KeepClient } from '../../../src/change/wire/keep-port.ts';
import { CastellanError, type Reach, Untrusted } from '../../../src/kit/index.ts';
import type { Blocks } from '../paging.ts';
import { changeOfKeep } from './change-of-keep.ts';

/**
 * What became of a version that was proposed as a change. The record says that it was proposed; whether it is in the repository only the
 * keep knows.
 */
export interface Standing {
  readonly where: 'landed' | 'on-its-way' | 'not-there' | 'unknown';
  readonly text: string;
  /** Of the human who rejected it, or why the keep ended it. */
  readonly words: string | undefined;
}

/** Undefined: it was not published through a change. Never throws for a keep that is away. */
export async function standingOf(
  published: string | undefined,
  keep: Reach<KeepClient> | undefined,
  signal: AbortSignal,
): Promise<Standing | undefined> {
  if (published === undefined || !changeId.safeParse(published).success) return undefined;
  if (keep === undefined) return unknown('no keep is configured that could be asked');
  try {
    const { view } = await changeOfKeep(published, await keep(), signal);
    if (view === undefined) return unknown('the keep does not know this change any more');
    const { state, words = view.why, landedAs } = view;
    if (state === 'landed')
      return { where: 'landed', text: `on the branch, as ${landedAs?.slice(0, 12) ?? '?'}`, words: undefined };
    if (state === 'rejected') return { where: 'not-there', text: 'REJECTED by a human: not in the repository', words };
    return isOver(state)
      ? { where: 'not-there', text: `${state.toUpperCase()}: not in the repository`, words }
      : { where: 'on-its-way', text: `${state}: not in the repository yet`, words };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return unknown(`the keep cannot be asked (${error.code})`);
  }
}

export function standingBlocks(standing: Standing | undefined): Blocks {
  if (standing === undefined) return [];
  const { text, words } = standing;
  return [`the change: ${text}`, ...(words === undefined ? [] : [new Untrusted(words)])];
}

function unknown(why: string): Standing {
  return { where: 'unknown', text: `NOT KNOWN whether it is in the repository: ${why}`, words: undefined };
}
