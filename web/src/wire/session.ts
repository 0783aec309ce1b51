import type { Session } from '../../../src/keep/console/api.ts';

/**
 * Who is logged in, in this tab only: kept in memory, and in sessionStorage so that a reload does not ask for the passkey again.
 * When it ends is the keep's to say: it lasts longer while it is used.
 */
export interface SessionStore {
  current(): Session | undefined;
  open(session: Session): void;
  close(): void;
}

interface Storage {
  getItem(name: string): string | null;
  setItem(name: string, text: string): void;
  removeItem(name: string): void;
}

const name = 'castellan.session';

export function openSessionStore(storage: Storage): SessionStore {
  let held = readStored(storage);
  return {
    current: () => held,
    open(session) {
      held = session;
      storage.setItem(name, JSON.stringify(session));
    },
    close() {
      held = undefined;
      storage.removeItem(name);
    },
  };
}

function readStored(storage: Storage): Session | undefined {
  const text = storage.getItem(name);
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isSession(value) ? value : undefined;
  } catch (cause) {
    // Something else wrote there: nobody is logged in, and what it was does not matter.
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  const { token, name: who, expiresAt } = value as Record<string, unknown>;
  return typeof token === 'string' && typeof who === 'string' && typeof expiresAt === 'string';
}
