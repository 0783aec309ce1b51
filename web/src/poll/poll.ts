/** Asks again and again while somebody looks: a page in the background asks nothing, and asks at once when it is back. */
export interface Watched {
  readonly visibilityState: string;
  addEventListener(event: 'visibilitychange', listener: () => void): void;
  removeEventListener(event: 'visibilitychange', listener: () => void): void;
}

export interface Poll {
  /** Ask now, not when the time has come. */
  now(): void;
  stop(): void;
}

/** `ask` handles its own failures; its end starts the next wait, so a slow keep is never asked twice at a time. */
export function startPoll(ask: () => Promise<void>, everyMs: number, watched: Watched): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isStopped = false;
  let isWanted = false;

  async function round(): Promise<void> {
    clearTimeout(timer);
    if (isAsking) {
      isWanted = true;
      return;
    }
    isAsking = true;
    isWanted = false;
    try {
      await ask();
    } finally {
      isAsking = false;
      if (!isStopped && watched.visibilityState === 'visible') {
        timer = setTimeout(begin, isWanted ? 0 : everyMs);
      }
    }
  }
  function begin(): void {
    void round();
  }
  function onVisibility(): void {
    clearTimeout(timer);
    if (watched.visibilityState === 'visible') begin();
  }

  watched.addEventListener('visibilitychange', onVisibility);
  begin();
  return {
    now: begin,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      watched.removeEventListener('visibilitychange', onVisibility);
    },
  };
}
