import { describe, expect, it } from 'vitest';
import { awakeDeadline } from './until.ts';

/** Nothing else runs meanwhile. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('a deadline', () => {
  it('does not count what this process slept through', async () => {
    using deadline = awakeDeadline(400);
    standStill(1_000);
    await turn();
    expect(deadline.signal.aborted).toBe(false);
  });

  it('comes, as what took too long', async () => {
    using deadline = awakeDeadline(40);
    await expect.poll(() => deadline.signal.aborted).toBe(true);
    expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('does not come once it is over', async () => {
    const deadline = awakeDeadline(40);
    deadline[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(deadline.signal.aborted).toBe(false);
  });
});
