import { existsSync } from 'node:fs';

/**
 * Ends this process once its working folder, the lab's, is gone. A starter that is killed in the very moment of starting a
 * process has no time to write it down; `down` then cannot know of it, but removes the folder.
 */
export function leaveWithLab(): void {
  const folder = process.cwd();
  setInterval(() => {
    if (!existsSync(folder)) process.exit(0);
  }, 1_000);
}
