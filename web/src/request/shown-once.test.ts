import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Gone, showOnce } from './shown-once.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Place extends EventTarget {
  visibilityState = 'visible';
}
const surroundings = () => ({ page: new Place(), frame: new EventTarget() });

describe('a value that is shown', () => {
  it.each<[string, Gone, (around: ReturnType<typeof surroundings>) => void]>([
    ['its time is over', 'time', () => vi.advanceTimersByTime(60_000)],
    ['another window has the keyboard', 'left', ({ frame }) => frame.dispatchEvent(new Event('blur'))],
    ['the page is left', 'left', ({ frame }) => frame.dispatchEvent(new Event('pagehide'))],
    [
      'the page is not seen',
      'left',
      ({ page }) => {
        page.visibilityState = 'hidden';
        page.dispatchEvent(new Event('visibilitychange'));
      },
    ],
  ])('goes when %s, once', (_, why, happen) => {
    const around = surroundings();
    const onGone = vi.fn();
    showOnce(60_000, around, onGone);
    vi.advanceTimersByTime(59_999);
    expect(onGone).not.toHaveBeenCalled();
    happen(around);
    expect(onGone).toHaveBeenCalledExactlyOnceWith(why);
    for (const event of ['blur', 'pagehide']) around.frame.dispatchEvent(new Event(event));
    vi.advanceTimersByTime(120_000);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('goes when its human puts it away', () => {
    const onGone = vi.fn();
    const shown = showOnce(60_000, surroundings(), onGone);
    shown.close();
    shown.close();
    expect(onGone).toHaveBeenCalledExactlyOnceWith('closed');
  });

  it('is not shown to a page that nobody sees', () => {
    const around = surroundings();
    around.page.visibilityState = 'hidden';
    const onGone = vi.fn();
    showOnce(60_000, around, onGone);
    expect(onGone).toHaveBeenCalledExactlyOnceWith('left');
  });
});
