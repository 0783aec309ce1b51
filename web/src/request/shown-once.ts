/**
 * How long a value stays on the page: until its time is over, the page is left, hidden or loses the keyboard to another window, or
 * the human puts it away. Whichever comes first ends it, once.
 */
export type Gone = 'time' | 'left' | 'closed';

export interface Shown {
  /** When its time is over. */
  readonly until: Date;
  close(): void;
}

interface Listening<Event extends string> {
  addEventListener(event: Event, listener: () => void): void;
  removeEventListener(event: Event, listener: () => void): void;
}
export interface Surroundings {
  readonly page: Listening<'visibilitychange'> & { readonly visibilityState: string };
  readonly frame: Listening<'blur' | 'pagehide'>;
}

export function showOnce(lastsMs: number, { page, frame }: Surroundings, onGone: (why: Gone) => void): Shown {
  let isGone = false;
  const timer = setTimeout(() => end('time'), lastsMs);
  function end(why: Gone): void {
    if (isGone) return;
    isGone = true;
    clearTimeout(timer);
    page.removeEventListener('visibilitychange', onVisibility);
    frame.removeEventListener('blur', onLeft);
    frame.removeEventListener('pagehide', onLeft);
    onGone(why);
  }
  function onVisibility(): void {
    if (page.visibilityState !== 'visible') end('left');
  }
  function onLeft(): void {
    end('left');
  }
  page.addEventListener('visibilitychange', onVisibility);
  frame.addEventListener('blur', onLeft);
  frame.addEventListener('pagehide', onLeft);
  // It came while nobody looked.
  onVisibility();
  return { until: new Date(Date.now() + lastsMs), close: () => end('closed') };
}
