/**
 * Who may plan now: so many at a time, and never two on one stack. Agents wait for nobody but agents: what is planned for
 * nobody in particular comes after them.
 */
export interface Slots {
  /** Resolves when it is this one's turn; the answer gives the slot back and may be called twice. Rejects when aborted. */
  take(stack: string, priority: 'agent' | 'drift', signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly stack: string;
  readonly priority: 'agent' | 'drift';
  readonly go: () => void;
}

export function createSlots(size: number): Slots {
  const busy = new Set<string>();
  const waiting: Waiting[] = [];

  const next = (): void => {
    while (busy.size < size) {
      const fits = (one: Waiting): boolean => !busy.has(one.stack);
      const turn = waiting.find((one) => one.priority === 'agent' && fits(one)) ?? waiting.find(fits);
      if (turn === undefined) return;
      waiting.splice(waiting.indexOf(turn), 1);
      busy.add(turn.stack);
      turn.go();
    }
  };

  return {
    take: (stack, priority, signal) => {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      let given = false;
      const giveBack = (): void => {
        if (given) return;
        given = true;
        busy.delete(stack);
        next();
      };
      const entry: Waiting = {
        stack,
        priority,
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve(giveBack);
        },
      };
      const leave = (): void => {
        const at = waiting.indexOf(entry);
        if (at !== -1) waiting.splice(at, 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(entry);
      next();
      return promise;
    },
  };
}
