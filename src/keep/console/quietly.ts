import { CastellanError, type Secret } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import { consoleError } from './errors.ts';

/**
 * Work that holds a secret. An error that is not ours may quote anything, so nothing of it is told but its name, to the log; one of
 * ours is told without what caused it, and not at all where it says what was typed.
 */
export async function quietly<Result>(
  work: () => Promise<Result>,
  { log, typed }: { readonly log: StoreLog; readonly typed?: Secret },
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toldOf(error, typed) ?? withheld(error, log);
  }
}

function toldOf(error: unknown, typed: Secret | undefined): Error | undefined {
  if (!(error instanceof CastellanError) || says(error, typed)) return undefined;
  const { code, audience, message, next } = error;
  return new CastellanError(code, audience, { message, next });
}

function withheld(error: unknown, log: StoreLog): Error {
  log.error({ name: error instanceof Error ? error.name : typeof error }, 'web.secret.failed');
  return consoleError('console-fault', {
    message: 'this is a fault of the keep; what it said may hold a secret and is withheld',
    next: 'look at the request: it says what came of it; sign it anew if it still waits',
  });
}

function says({ message, next }: CastellanError, typed: Secret | undefined): boolean {
  return typed !== undefined && `${message}\n${next}`.includes(typed.reveal());
}
