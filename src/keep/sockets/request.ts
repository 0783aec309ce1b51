import type { z } from 'zod';
import { type KeepRequest, keepRequest, longestRequest } from '../../change/wire/protocol.ts';
import { type CastellanError, stripHiddenCharacters } from '../../kit/index.ts';
import { socketError } from './errors.ts';

export type Verb = KeepRequest['verb'];

/** What agents may ask; approving, applying, thawing, consenting and the like are no words here. */
export const agentVerbs: readonly Verb[] = ['propose', 'withdraw', 'status', 'request', 'fingerprints'];
/** Humans look here, and root's command fetches what it enrols; whatever is decided is signed, at the console. */
export const humanVerbs: readonly Verb[] = ['status', 'enrolment', 'refresh'];

/** One line as a request. Errors: `keep-request-malformed`, `keep-verb-unknown`. Nothing that was sent is quoted back. */
export function parseRequest(line: Buffer, verbs: readonly Verb[]): KeepRequest {
  if (line.byteLength > longestRequest) throw malformed('it is too long');
  const value = parseJson(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('it is not a JSON object');
  const verb: unknown = Object.hasOwn(value, 'verb') ? Reflect.get(value, 'verb') : undefined;
  if (!verbs.some((known) => known === verb)) {
    throw socketError('keep-verb-unknown', {
      message: `this socket takes ${verbs.join(', ')} and nothing else`,
      next: 'what changes anything is decided by humans, elsewhere',
    });
  }
  if (holdsNul(value)) throw malformed('it holds a NUL character');
  const parsed = keepRequest.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues.slice(0, 3).map(wordsOf).join('; '));
  return withPlainLabels(parsed.data);
}

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch (error) {
    throw malformed('it is not JSON in UTF-8', error);
  }
}

function malformed(why: string, cause?: unknown): CastellanError {
  return socketError('keep-request-malformed', {
    message: `the request was not understood: ${why}`,
    next: 'use a client of the same version as the keep',
    cause,
  });
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.includes('\0') || holdsNul(item));
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.') || 'the request';
  return issue.code === 'unrecognized_keys' ? `${path} has a key that means nothing` : `${path}: ${issue.message}`;
}

/** Labels end up in rows and on terminals. */
function withPlainLabels(request: KeepRequest): KeepRequest {
  if (!('by' in request)) return request;
  const plain = (label: string): string => stripHiddenCharacters(label.toWellFormed()).trim() || 'unnamed';
  return { ...request, by: { agent: plain(request.by.agent), human: plain(request.by.human) } };
}
