import type { NameClass } from './key-names.ts';
import { holdsOnlyMarkers } from './marker.ts';
import { judgedLength, looksRandom, namesOtherResource, plainlyNoSecret, plainNumber, proseWord } from './values.ts';

/** Whether the value beside a name of some class is to be masked, and which part of it. */
export interface ValueContext {
  /** Quoted, or the name is: data, not a sentence. */
  readonly quoted: boolean;
  readonly colon: boolean;
  /** Nothing but indentation stands before the name. */
  readonly startsLine: boolean;
  /** `name = value` with a blank: code, HCL or an INI file. */
  readonly spacedEquals: boolean;
  /** The name holds a slash. */
  readonly path: boolean;
}

export const structured: ValueContext = {
  quoted: true,
  colon: false,
  startsLine: false,
  spacedEquals: false,
  path: false,
};

export const labels: Readonly<Record<NameClass, string>> = {
  password: 'password',
  token: 'token',
  secret: 'secret',
  dsn: 'connection-string',
  capability: 'webhook-url',
};

const credentialsInDsn = /^(?:[^:@/\s]{1,128}):([^\s]{1,512})@(?=[\w([])/;
const behindHost = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^/\s]{1,255}\//i;

export function judge(kind: NameClass, value: string, context: ValueContext): boolean {
  if (value === '' || holdsOnlyMarkers(value)) return false;
  if (kind === 'dsn') return credentialsInDsn.test(value) && !plainlyNoSecret(credentialsInDsn.exec(value)?.[1] ?? '');
  if (kind === 'capability') return value.length - (behindHost.exec(value)?.[0].length ?? value.length) >= 8;
  if (value.length > judgedLength) return true;
  if (plainlyNoSecret(value)) return false;
  if (context.spacedEquals && !context.quoted && (/^[A-Za-z_][\w.]*\(/.test(value) || namesOtherResource(value)))
    return false;
  const sentence = context.colon && !context.quoted;
  // `auth/jwt: Fix …`, as change logs and error messages name what they speak of.
  if (sentence && context.path && /^[A-Z]?[a-z]*$|^[A-Z]+$/.test(value)) return false;
  switch (kind) {
    case 'password':
      return !(sentence && proseWord(value.split(' ', 1)[0] ?? '') && (!context.startsLine || value.includes(' ')));
    case 'token':
      // What a workflow asks for: `id-token: write`.
      if (plainNumber(value) || value === 'write' || value === 'read') return false;
      return !(sentence && (proseWord(value) || (!context.startsLine && /^[A-Za-z]?[a-z]*[.,:;]?$/.test(value))));
    case 'secret':
      return looksRandom(value);
  }
}

/** Offsets into `value` of what goes; hosts of connection strings and webhooks stay. */
export function hiddenPart(kind: NameClass, value: string): { start: number; end: number } {
  if (kind === 'dsn') return { start: 0, end: (credentialsInDsn.exec(value)?.[0].length ?? value.length + 1) - 1 };
  if (kind === 'capability') return { start: behindHost.exec(value)?.[0].length ?? 0, end: value.length };
  return { start: 0, end: value.length };
}
