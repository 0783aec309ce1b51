import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where a restore unpacks; moved to `directory` when it is proven to open. */
export function restoringDirectory(directory: string): string {
  return `${directory}.restoring`;
}

export function holdsDatabase(directory: string): boolean {
  return existsSync(join(directory, 'PG_VERSION'));
}
