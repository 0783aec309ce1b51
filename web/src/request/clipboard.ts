/**
 * Copies, and clears the clipboard again after a while. A browser lets a page do so only while it has the keyboard: where it has not
 * when the time comes, it is done as soon as somebody comes back. What lies there by then is not known, and is cleared as well.
 */
export type CopyStep = 'copied' | 'cleared' | 'waits' | 'refused';

export interface Desk {
  readonly clipboard: { writeText(text: string): Promise<void> };
  readonly frame: {
    addEventListener(event: 'focus', listener: () => void, options: { once: true }): void;
  };
}

export async function copyForAWhile(
  text: string,
  lastsMs: number,
  { clipboard, frame }: Desk,
  onStep: (step: CopyStep) => void,
): Promise<void> {
  const put = (what: string): Promise<boolean> =>
    clipboard.writeText(what).then(
      () => true,
      // Another window has the keyboard, or the human forbade it: the page says so.
      () => false,
    );
  const clear = async (otherwise: () => void): Promise<void> => {
    if (await put('')) onStep('cleared');
    else otherwise();
  };
  if (!(await put(text))) {
    onStep('refused');
    return;
  }
  onStep('copied');
  setTimeout(() => {
    void clear(() => {
      onStep('waits');
      frame.addEventListener('focus', () => void clear(() => onStep('refused')), { once: true });
    });
  }, lastsMs);
}
