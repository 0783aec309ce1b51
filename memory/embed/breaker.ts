import { EndpointFailure } from './failure.ts';

/**
 * Keeps an endpoint that is down from being asked again and again, so that a recall does not wait for it each time.
 *
 *   closed ──(three failures in a row)──▶ open ──(its time is over)──▶ half-open
 *      ▲                                   ▲                             │ one caller is let through, the rest are refused
 *      └───────────(it answered)───────────┼─────────────────────────────┤
 *                                          └──(it failed: twice as long)─┘
 *
 * A text that cannot be embedded is an answer. A caller that leaves says nothing of the endpoint.
 */
export class Breaker {
  readonly #now: () => Date;
  #failures = 0;
  #openUntil: number | undefined;
  #openMs = shortestOpenMs;
  #trying = false;
  #reason: string | undefined;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Why it is open; undefined: it is closed. */
  get reason(): string | undefined {
    return this.#openUntil === undefined ? undefined : this.#reason;
  }

  /** Until somebody is let through again; 0: now. */
  get waitMs(): number {
    return this.#openUntil === undefined ? 0 : Math.max(0, this.#openUntil - this.#now().getTime());
  }

  /** Errors: those of `work`; `EndpointFailure`, `busy`, when nobody is let through. */
  async through<Result>(work: () => Promise<Result>): Promise<Result> {
    const halfOpen = this.#openUntil !== undefined;
    if (this.waitMs > 0 || (halfOpen && this.#trying)) {
      throw new EndpointFailure('busy', this.#reason ?? 'it is being tried');
    }
    this.#trying = halfOpen;
    try {
      const result = await work();
      this.#close();
      return result;
    } catch (error) {
      if (error instanceof EndpointFailure) {
        if (error.kind === 'text') this.#close();
        else this.#failed(error, halfOpen);
      }
      throw error;
    } finally {
      if (halfOpen) this.#trying = false;
    }
  }

  #close(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#openMs = shortestOpenMs;
  }

  #failed(failure: EndpointFailure, halfOpen: boolean): void {
    this.#failures += 1;
    this.#reason = failure.message;
    if (!halfOpen && this.#failures < failuresToOpen) return;
    if (halfOpen) this.#openMs = Math.min(this.#openMs * 2, longestOpenMs);
    this.#openUntil = this.#now().getTime() + Math.max(this.#openMs, failure.waitMs ?? 0);
  }
}

const failuresToOpen = 3;
const shortestOpenMs = 15_000;
const longestOpenMs = 5 * 60_000;
