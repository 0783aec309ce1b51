/** How long a daemon that a session started stays after its last client and its last call, over whatever transport. */
const idleMs = 30 * 60_000;

export interface IdleTimer {
  /** A client or a call more, or one less. */
  changed(change: 1 | -1): void;
  cancel(): void;
}

export function idleTimer(enabled: boolean, leave: () => void): IdleTimer {
  let busy = 0;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(timer);
    timer = enabled && !over && busy === 0 ? setTimeout(leave, idleMs).unref() : undefined;
  };
  arm();
  return {
    changed: (change) => {
      busy += change;
      arm();
    },
    cancel: () => {
      over = true;
      arm();
    },
  };
}
