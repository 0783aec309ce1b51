import { defineErrors } from '../../kit/index.ts';

export const incidentFileError = defineErrors({
  'incident-file-unreadable': {
    audience: 'operator',
    meaning: 'A file or folder that was named is not there, or this user may not read it.',
  },
  'incident-file-not-written': {
    audience: 'operator',
    meaning: 'The export could not be written; a file that is there is never replaced.',
  },
  'incident-file-invalid': {
    audience: 'operator',
    meaning: 'The file is neither a snapshot of triage nor what `castellan incident export` wrote with one in it.',
  },
});

/** Reads what somebody named. Errors: `incident-file-unreadable`. */
export function readNamed<Result>(named: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw incidentFileError('incident-file-unreadable', {
      message: `${named} could not be read (${code})`,
      next: 'name a file or folder that is there and that you may read',
      cause: error,
    });
  }
}

/** Errors: `incident-file-not-written`. */
export function writeNamed(named: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw incidentFileError('incident-file-not-written', {
      message: `${named} could not be written (${code})`,
      next: code === 'EEXIST' ? 'name a file that is not there yet' : 'name a file in a folder that you may write in',
      cause: error,
    });
  }
}

/** Of what the system refused: ENOENT, EACCES … */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
    ? error.code
    : undefined;
}
