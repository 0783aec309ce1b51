import { createHash, randomBytes } from 'node:crypto';
import type { Approver } from '../approvers/port.ts';

/**
 * Who is logged in. A session is 256 random bits that only the page has; here lies their SHA-256. It grants looking, rejecting
 * and asking for documents, never a signature. It ends by itself, with its approver, and with the keep.
 */
export interface Sessions {
  begin(approver: Approver): { readonly token: string; readonly expiresAt: Date };
  /** Whose it is, if it is one; being asked keeps it from falling asleep. */
  of(token: string | undefined): Approver | undefined;
  end(token: string | undefined): void;
}

export interface SessionsOptions {
  readonly approvers: { list(): readonly Approver[] };
  readonly now: () => Date;
}

const idleMs = 30 * 60_000;
const longestMs = 8 * 3_600_000;
const mostSessions = 200;

interface Held {
  readonly name: string;
  /** Enrolled anew under the same name, somebody logs in anew. */
  readonly credential: string;
  readonly begun: number;
  used: number;
}

export function openSessions({ approvers, now }: SessionsOptions): Sessions {
  const held = new Map<string, Held>();
  const keyOf = (token: string): string => createHash('sha256').update(token).digest('hex');
  const endOf = ({ begun, used }: Held): number => Math.min(used + idleMs, begun + longestMs);

  const forget = (at: number): void => {
    for (const [key, session] of held) if (endOf(session) <= at) held.delete(key);
    for (const key of held.keys()) {
      if (held.size < mostSessions) break;
      held.delete(key);
    }
  };

  return {
    begin: ({ name, login }) => {
      const at = now().getTime();
      forget(at);
      const token = randomBytes(32).toString('base64url');
      const session = { name, credential: login.id, begun: at, used: at };
      held.set(keyOf(token), session);
      return { token, expiresAt: new Date(endOf(session)) };
    },
    of: (token) => {
      if (token === undefined) return undefined;
      const key = keyOf(token);
      const session = held.get(key);
      if (session === undefined) return undefined;
      const at = now().getTime();
      const approver = approvers
        .list()
        .find(({ name, login }) => name === session.name && login.id === session.credential);
      if (endOf(session) <= at || approver === undefined) {
        held.delete(key);
        return undefined;
      }
      session.used = at;
      return approver;
    },
    end: (token) => {
      if (token !== undefined) held.delete(keyOf(token));
    },
  };
}

/** `authorization: Castellan <token>`: no browser sends it by itself. */
export function sessionToken(authorization: string | undefined): string | undefined {
  return /^Castellan ([A-Za-z0-9_-]{43})$/.exec(authorization ?? '')?.[1];
}
