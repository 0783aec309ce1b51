import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { defineErrors } from './errors.ts';
import type { JsonValue } from './json.ts';
import { type Principal, principalId } from './principal.ts';
import type { Page } from './tool.ts';

/**
 * A cursor is a position in one answer, signed. The HMAC binds it to the tool, its other arguments and the principal, so
 * it can be neither forged nor lent; it is good for an hour on any replica that has the key, and nothing is kept for it.
 */
const lifetimeMs = 60 * 60 * 1000;

const cursorError = defineErrors({
  'cursor-invalid': { audience: 'agent', meaning: 'The cursor is not one this server minted for this call.' },
  'cursor-expired': { audience: 'agent', meaning: 'The cursor is older than an hour.' },
});

interface Sealed {
  readonly expires: number;
  readonly position: JsonValue;
}

export interface CursorCall {
  readonly tool: string;
  /** The input without `cursor` and `budget`. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
}

export interface Cursors {
  /** The `page` a tool gets for one call; throws when the call carries a cursor that is forged, foreign or expired. */
  pageFor(call: CursorCall, cursor: string | undefined, now: Date): Page;
}

export function createCursors(key: Uint8Array): Cursors {
  if (key.byteLength < 32) throw new Error('a cursor key has at least 32 bytes');

  // 128 bits, in hex: the signature of one cursor in some thousand would, in base64, look like a token and be masked as one.
  const sign = (call: CursorCall, payload: string): Buffer =>
    Buffer.from(
      createHmac('sha256', key).update(bindingOf(call)).update('\0').update(payload).digest('hex').slice(0, 32),
    );

  const mint = (call: CursorCall, sealed: Sealed): string => {
    const payload = Buffer.from(JSON.stringify(sealed)).toString('base64url');
    return `${payload}.${sign(call, payload)}`;
  };

  const open = (call: CursorCall, cursor: string, now: Date): JsonValue => {
    const [payload = '', signature = '', ...rest] = cursor.split('.');
    // As text: hex has several spellings of the same bytes, and only the one that was minted is right.
    const given = Buffer.from(signature);
    const right = sign(call, payload);
    if (rest.length > 0 || given.byteLength !== right.byteLength || !timingSafeEqual(given, right)) {
      throw cursorError('cursor-invalid', {
        message: 'this cursor does not belong to this call',
        next: 'repeat the call with the same arguments as the answer it came from, or without a cursor to start again',
      });
    }
    const sealed: Sealed = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (sealed.expires <= now.getTime()) {
      throw cursorError('cursor-expired', {
        message: 'this cursor is older than an hour',
        next: 'repeat the call without a cursor to start again',
      });
    }
    return sealed.position;
  };

  return {
    pageFor: (call, cursor, now) => ({
      position: cursor === undefined ? undefined : open(call, cursor, now),
      mint: (position) => mint(call, { expires: now.getTime() + lifetimeMs, position }),
    }),
  };
}

function bindingOf(call: CursorCall): Buffer {
  const input = Object.entries(call.input)
    .filter(([name, value]) => name !== 'cursor' && name !== 'budget' && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([call.tool, principalId(call.principal), input]))
    .digest();
}
