import { CastellanError, defineErrors } from '../../kit/index.ts';

export const landingError = defineErrors({
  'landing-failed': {
    audience: 'operator',
    meaning: 'What was applied, or is to be, could not be brought into the infra repository.',
  },
});

/** What went wrong, as a failed landing; what Git said travels as the cause. */
export function landingFailed(error: unknown): Error {
  if (!(error instanceof CastellanError))
    return error instanceof Error ? error : new Error('it failed', { cause: error });
  if (error.code === 'landing-failed') return error;
  return landingError('landing-failed', { message: error.message, next: error.next, cause: error });
}
