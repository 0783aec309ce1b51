import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { randomDigits } from '../../kit/index.ts';
import { type Owners, proveOwnership } from '../config/ownership.ts';
import { enrolmentRefused } from './errors.ts';
import { parseJson } from './json-text.ts';
import { approverName, flawOfPair } from './passkey.ts';
import type { Passkey } from './port.ts';
import { writeWhole } from './write-whole.ts';

/**
 * The first approvers, and any that root makes.
 *
 *  code        20 random base32 digits that root's command prints; only its digest is written down, in a file that only root can write
 *  enrolment   that file: whose code it is and until when
 *  registered  somebody presented the code at the console and made both passkeys; it waits in memory for root's command, which shows
 *              its fingerprint and writes approvers.json. The first one counts: a second would take the place of the one that was seen
 */
export interface Enrolments {
  /** Errors: `enrolment-refused`, when too many codes were tried; undefined: there is no such code, or not any more. */
  find(code: string): Enrolment | undefined;
  /** Errors: `enrolment-refused`. */
  complete(codeHash: string, passkeys: Pick<Registration, 'approval' | 'login'>): Registration;
  /** For root's command. */
  pending(codeHash: string): Registration | undefined;
}

export interface Enrolment {
  /** SHA-256 in hex. */
  readonly codeHash: string;
  readonly name: string;
  readonly expiresAt: Date;
}

export interface Registration {
  readonly codeHash: string;
  readonly name: string;
  readonly approval: Passkey;
  readonly login: Passkey;
}

export interface EnrolmentsOptions {
  /** keep.yaml. */
  readonly file: string;
  readonly owners: Owners;
  readonly now: () => Date;
}

const shape = z.strictObject({ v: z.literal(1), name: approverName, expiresAt: z.iso.datetime() });
const mostTriesAMinute = 10;
const goodForMs = 15 * 60_000;

export function openEnrolments({ file, owners, now }: EnrolmentsOptions): Enrolments {
  const registered = new Map<string, Registration>();
  let tries: readonly number[] = [];

  const read = (codeHash: string): Enrolment | undefined => {
    if (!/^[0-9a-f]{64}$/.test(codeHash)) return undefined;
    const proof = proveOwnership(fileOf(file, codeHash), owners);
    if (proof.flaw !== undefined || !proof.stats.isFile()) return undefined;
    const { name, expiresAt } = shape.safeParse(parseJson(readFileSync(proof.path, 'utf8'))).data ?? {};
    if (name === undefined || expiresAt === undefined) return undefined;
    const until = new Date(expiresAt);
    return until > now() ? { codeHash, name, expiresAt: until } : undefined;
  };

  return {
    find: (code) => {
      const at = now().getTime();
      tries = tries.filter((tried) => at - tried < 60_000);
      if (tries.length >= mostTriesAMinute) {
        throw enrolmentRefused('too many codes were tried', 'wait a minute, then try the code again');
      }
      const found = read(hashOfCode(code));
      if (found === undefined) tries = [...tries, at];
      return found;
    },
    complete: (codeHash, { approval, login }) => {
      const enrolment = read(codeHash);
      if (enrolment === undefined) throw enrolmentRefused('the code expired', 'let root give out a new one');
      if (registered.has(codeHash)) {
        throw enrolmentRefused('somebody used the code already', 'if it was not you, let root give out a new one');
      }
      const flaw = flawOfPair({ approval, login });
      if (flaw !== undefined) throw enrolmentRefused(flaw, 'make two passkeys, one for each use');
      const registration = { codeHash, name: enrolment.name, approval, login };
      registered.set(codeHash, registration);
      return registration;
    },
    pending: (codeHash) => {
      for (const known of registered.keys()) if (read(known) === undefined) registered.delete(known);
      return registered.get(codeHash);
    },
  };
}

/** As root's command prints it, whatever a human made of its case and dashes. */
function hashOfCode(code: string): string {
  return createHash('sha256').update(code.toLowerCase().replace(/[\s-]/g, '')).digest('hex');
}

export interface GivenCode extends Enrolment {
  /** In groups of five, to be typed or copied; it is shown once and written down nowhere. */
  readonly code: string;
}

/** For root's command: a new code, good for a quarter of an hour. Errors: `enrolment-refused`. */
export function writeEnrolment(keepFile: string, name: string, now: Date): GivenCode {
  if (!approverName.safeParse(name).success) {
    throw enrolmentRefused('the name is not made of letters and digits', 'give a name like `alice`');
  }
  const digits = randomDigits(20);
  const code = digits.replace(/(.{5})(?=.)/g, '$1-');
  const codeHash = hashOfCode(code);
  const expiresAt = new Date(now.getTime() + goodForMs);
  const path = fileOf(keepFile, codeHash);
  mkdirSync(dirname(path), { recursive: true });
  chmodSync(dirname(path), 0o755);
  writeWhole(path, `${JSON.stringify(shape.parse({ v: 1, name, expiresAt: expiresAt.toISOString() }))}\n`);
  return { code, codeHash, name, expiresAt };
}

/** For root's command, once it is over: the code is worth nothing from here on. */
export function removeEnrolment(keepFile: string, codeHash: string): void {
  rmSync(fileOf(keepFile, codeHash), { force: true });
}

function fileOf(keepFile: string, codeHash: string): string {
  return join(dirname(keepFile), 'enrolments', `${codeHash}.json`);
}
