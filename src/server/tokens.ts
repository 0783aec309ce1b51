import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CastellanError, defineErrors, type Effect, effects, type Principal, Secret } from '../kit/index.ts';
import { takeLock } from '../store/lock.ts';

/**
 * Static bearer tokens. A token is 256 random bits shown once; `tokens.json` in the data directory keeps its SHA-256, the
 * agent it speaks for, its scopes and its end. The file is read again when it changes, so a revoked token is refused at
 * the next request. Other verifiers (OIDC) join behind the same port.
 */
export interface TokenVerifier {
  /** The principal, or undefined for a token that is unknown, expired or revoked. A verifier may have to ask elsewhere. */
  verify(token: string, now: Date): Promise<VerifiedToken | undefined>;
}

export interface VerifiedToken {
  readonly principal: Principal;
  readonly expiresAt: Date;
}

const tokenError = defineErrors({
  'token-file-unreadable': {
    audience: 'operator',
    meaning: 'The tokens.json is not what Castellan wrote; every token is refused.',
  },
  'token-file-busy': {
    audience: 'operator',
    meaning: 'Another command was changing tokens.json at that moment; nothing was changed.',
  },
  'token-invalid-request': {
    audience: 'operator',
    meaning: 'A token was asked for with a name, scope or lifetime that cannot be.',
  },
});

const prefix = 'cst_';
const longestDays = 366;

const storedToken = z.strictObject({
  id: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  agent: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
  human: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._@-]{0,62}$/),
  scopes: z.array(z.enum(effects)).min(1),
  created: z.iso.datetime(),
  expires: z.iso.datetime(),
});
const tokenFile = z.strictObject({ tokens: z.array(storedToken) });

export type StoredToken = z.output<typeof storedToken>;

export interface TokenRequest {
  readonly agent: string;
  readonly human: string;
  readonly scopes: readonly Effect[];
  readonly days: number;
}

export function tokenPath(home: string): string {
  return join(home, 'tokens.json');
}

/** Writes the token's hash and returns the token, once. */
export function createToken(
  home: string,
  request: TokenRequest,
  now: Date,
): { readonly token: Secret; readonly stored: StoredToken } {
  if (!Number.isInteger(request.days) || request.days < 1 || request.days > longestDays) {
    throw tokenError('token-invalid-request', {
      message: `a token lives between 1 and ${longestDays} days, not ${request.days}`,
      next: 'name --days within that range',
    });
  }
  const token = prefix + randomBytes(32).toString('base64url');
  const candidate = storedToken.safeParse({
    id: `tok_${randomBytes(4).toString('hex')}`,
    sha256: digest(token).toString('hex'),
    agent: request.agent,
    human: request.human,
    scopes: [...new Set(request.scopes)],
    created: now.toISOString(),
    expires: new Date(now.getTime() + request.days * 86_400_000).toISOString(),
  });
  if (!candidate.success) {
    throw tokenError('token-invalid-request', {
      message: candidate.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      next: `use short lower-case names, and scopes among ${effects.join(', ')}`,
    });
  }
  change(home, (tokens) => [...tokens, candidate.data]);
  return { token: new Secret(token), stored: candidate.data };
}

export function listTokens(home: string): readonly StoredToken[] {
  let content: string;
  try {
    content = readFileSync(tokenPath(home), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unreadable(error);
  }
  try {
    return tokenFile.parse(JSON.parse(content)).tokens;
  } catch (error) {
    throw unreadable(error);
  }
}

/** True when there was such a token. */
export function revokeToken(home: string, id: string): boolean {
  return change(home, (tokens) => tokens.filter((token) => token.id !== id));
}

/**
 * Nobody else changes the file meanwhile: a token that was just revoked must not come back with another's write. Returns
 * whether there was anything to change.
 */
function change(home: string, edit: (tokens: readonly StoredToken[]) => readonly StoredToken[]): boolean {
  using _held = hold(home);
  const before = listTokens(home);
  const after = edit(before);
  if (after.length === before.length) return false;
  write(home, after);
  return true;
}

function hold(home: string): Disposable {
  try {
    return takeLock({ directory: tokenPath(home), socket: '', build: '' });
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'data-locked') throw error;
    throw tokenError('token-file-busy', {
      message: 'another command is changing tokens.json; nothing was changed',
      next: 'try again',
      cause: error,
    });
  }
}

export function fileTokenVerifier(home: string): TokenVerifier {
  let known: readonly StoredToken[] = [];
  let version = '';
  const current = (): readonly StoredToken[] => {
    const found = fileVersion(tokenPath(home));
    if (found !== version) {
      known = found === '' ? [] : listTokens(home);
      version = found;
    }
    return known;
  };
  return {
    verify: async (token, now) => {
      if (!token.startsWith(prefix)) return undefined;
      const given = digest(token);
      // Every entry is compared, so that the time taken says nothing of which one matched.
      const matches = current().filter((stored) => timingSafeEqual(Buffer.from(stored.sha256, 'hex'), given));
      const stored = matches[0];
      if (stored === undefined) return undefined;
      const expiresAt = new Date(stored.expires);
      if (expiresAt <= now) return undefined;
      const principal = {
        agent: `agent:${stored.agent}`,
        human: `human:${stored.human}`,
        via: 'token',
        scopes: stored.scopes,
      } as const;
      return { principal, expiresAt };
    },
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Changes with every rewrite: the file is replaced, never edited. */
function fileVersion(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '' : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
}

function write(home: string, tokens: readonly StoredToken[]): void {
  const path = tokenPath(home);
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeSync(file, `${JSON.stringify({ tokens }, null, 2)}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  const directory = openSync(dirname(path), constants.O_RDONLY);
  fsyncSync(directory);
  closeSync(directory);
}

function unreadable(cause: unknown): Error {
  return tokenError('token-file-unreadable', {
    message: 'tokens.json cannot be read, so every token is refused',
    next: 'restore the file, or delete it and create the tokens again',
    cause,
  });
}
