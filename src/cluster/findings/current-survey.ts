import type { ClusterReader } from '../reader.ts';
import { abortable } from '../transport/transport.ts';
import { allRules } from './rules.ts';
import { type Survey, takeSurvey } from './survey.ts';

/** How long a survey stands for the present: an agent's next call, or another agent's, asks about the same moment. */
const keptMs = 5_000;

export interface CurrentOptions {
  readonly signal: AbortSignal;
  readonly now: Date;
}

const surveys = new WeakMap<ClusterReader, SharedSurvey>();

/** The survey by every rule, at most five seconds old; `at` says when it began. Callers at the same time share one. */
export async function currentSurvey(reader: ClusterReader, { signal, now }: CurrentOptions): Promise<Survey> {
  const known = surveys.get(reader);
  if (known?.standsFor(now) === true) return known.join(signal);
  const taken = new SharedSurvey(reader, now);
  surveys.set(reader, taken);
  return taken.join(signal);
}

/** It ends with the last of its callers, not with the first. */
class SharedSurvey {
  readonly #at: Date;
  readonly #stop = new AbortController();
  readonly #survey: Promise<Survey>;
  #waiting = 0;
  #state: 'going' | 'taken' | 'failed' = 'going';

  constructor(reader: ClusterReader, at: Date) {
    this.#at = at;
    this.#survey = takeSurvey(reader, { rules: allRules, signal: this.#stop.signal, now: at });
    this.#survey.then(
      () => {
        this.#state = 'taken';
        // Only the memory of a large cluster: an older survey would not be used again.
        setTimeout(() => this.#forget(reader), keptMs).unref();
      },
      () => {
        this.#state = 'failed';
        this.#forget(reader);
      },
    );
  }

  standsFor(now: Date): boolean {
    const age = now.getTime() - this.#at.getTime();
    return age >= 0 && age <= keptMs && this.#state !== 'failed' && !this.#stop.signal.aborted;
  }

  async join(signal: AbortSignal): Promise<Survey> {
    this.#waiting += 1;
    try {
      return await abortable(this.#survey, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && this.#state === 'going') this.#stop.abort();
    }
  }

  #forget(reader: ClusterReader): void {
    if (surveys.get(reader) === this) surveys.delete(reader);
  }
}
