import { getContext, setContext } from 'svelte';
import type { AssertionAnswer, RequestOptions, Taken } from '../../src/keep/console/api.ts';
import type { Shown } from './signing/check-draft.ts';
import type { SignStep } from './signing/sign.ts';
import type { Subject } from './signing/subject.ts';
import type { Keep, Signed } from './wire/keep.ts';

/** What every page has at hand. */
export interface Console {
  readonly keep: Keep;
  readonly askPasskey: (options: RequestOptions) => Promise<AssertionAnswer>;
  /** Name of whoever is logged in; empty when nobody is. */
  who(): string;
  sign(subject: Subject, shown: Omit<Shown, 'who'>, onStep: (step: SignStep) => void): Promise<Taken>;
  /** The same, for what is answered with more than a sentence. */
  signAndSend<Answer>(
    signing: { subject: Subject; shown: Omit<Shown, 'who'>; onStep: (step: SignStep) => void },
    send: (signed: Signed) => Promise<Answer>,
  ): Promise<Answer>;
  /** Ask the keep again now. */
  refresh(): void;
}

const key = Symbol('console');

export function provideConsole(console: Console): void {
  setContext(key, console);
}

export function useConsole(): Console {
  return getContext<Console>(key);
}
