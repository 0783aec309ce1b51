import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { z } from 'zod';
import { algorithms, fingerprintOf, flawOfPair } from '../approvers/passkey.ts';
import type { Approver, Passkey, RelyingParty } from '../approvers/port.ts';
import { verifyRegistration } from '../approvers/registration.ts';
import * as api from './api.ts';
import { consoleError } from './errors.ts';
import { openOnce } from './once.ts';
import type { ConsoleOptions } from './options.ts';
import { type Asked, type Route, withoutLogin } from './route.ts';
import type { Tries } from './tries.ts';

const enrolMs = 600_000;
type EnrolBegin = z.output<typeof api.enrolBegin>;

interface Begun {
  readonly name: string;
  /** Whose code it was that root gave out, or the approver who will sign. */
  readonly by: { readonly codeHash: string } | { readonly approver: string };
  readonly approval: string;
  readonly login: string;
}

interface Keys {
  readonly name: string;
  readonly approval: Passkey;
  readonly login: Passkey;
}

/** Passkeys whose owner showed here, within the last minutes, that they have them: no others are drafted for a signature. */
export interface ProvedKeys {
  add(keys: Keys): void;
  has(keys: Keys): boolean;
}

export function openProvedKeys(now: () => Date): ProvedKeys {
  let proved: { readonly keys: string; readonly until: number }[] = [];
  const textOf = ({ name, approval, login }: Keys): string =>
    JSON.stringify([name, approval.id, approval.publicKey, login.id, login.publicKey]);
  const fresh = () => proved.filter(({ until }) => until > now().getTime()).slice(-100);
  return {
    add: (keys) => {
      proved = [...fresh(), { keys: textOf(keys), until: now().getTime() + enrolMs }];
    },
    has: (keys) => fresh().some((entry) => entry.keys === textOf(keys)),
  };
}

type Parts = Pick<ConsoleOptions, 'approvers' | 'enrolments' | 'relyingParty' | 'log'> & {
  readonly tries: Tries;
  readonly proved: ProvedKeys;
  readonly now: () => Date;
};

/** Two new passkeys for a name: begun with root's code or an approver's session, and finished by the same. */
export function enrollingRoutes(parts: Parts): readonly Route[] {
  const { approvers, enrolments, relyingParty, tries, proved, now, log } = parts;
  const begun = openOnce<Begun>({ lastsMs: enrolMs, most: 100, now });
  const exactly = { isExact: true };

  /** With a code, the name is the one that root gave it for. */
  const whose = async ({ body: { code, name }, approver, connection }: Asked<EnrolBegin>) => {
    if (code === undefined) {
      if (approver === undefined) throw loginNeeded();
      return { name, by: { approver: approver.name } };
    }
    return tries.count(connection, async () => {
      const enrolment = enrolments.find(code);
      if (enrolment === undefined) throw enrolmentVoid('there is no such code, or it expired');
      return { name: enrolment.name, by: { codeHash: enrolment.codeHash } };
    });
  };

  const begin = async (asked: Asked<EnrolBegin>): Promise<api.EnrolOptions> => {
    const { name, by } = await whose(asked);
    const others = approvers.list().filter((enrolled) => enrolled.name !== name);
    const [approval, login] = await Promise.all([
      optionsFor('approve', name, others, relyingParty),
      optionsFor('log in', name, others, relyingParty),
    ]);
    const ticket = begun.put({ name, by, approval: approval.challenge, login: login.challenge });
    return { ticket, approval: { ...approval }, login: { ...login } };
  };

  const finish = async ({ body, approver }: Asked<z.output<typeof api.enrolAnswer>>): Promise<api.Enrolled> => {
    const ticket = begun.take(body.ticket);
    if (ticket === undefined) throw enrolmentVoid('it was not begun here, is used, or took longer than ten minutes');
    const { name, by } = ticket;
    if ('approver' in by && by.approver !== approver?.name) throw loginNeeded();
    const keys = {
      name,
      approval: await verifyRegistration(body.approval, ticket.approval, relyingParty),
      login: await verifyRegistration(body.login, ticket.login, relyingParty),
    };
    const flaw = flawOfPair(keys);
    if (flaw !== undefined) throw enrolmentVoid(flaw);
    const fingerprint = fingerprintOf(keys);
    log.info({ name, fingerprint, by: 'codeHash' in by ? 'root' : by.approver }, 'human.enrolling');
    if ('codeHash' in by) {
      enrolments.complete(by.codeHash, keys);
      return { name, fingerprint, next: 'waiting-for-root' };
    }
    proved.add(keys);
    return { name, fingerprint, next: 'to-sign', subject: { kind: 'enrol', ...keys } };
  };

  return [
    withoutLogin('enrolment', 'POST /api/enrol/begin', api.enrolBegin, api.enrolOptions, begin, exactly),
    withoutLogin(
      'enrolment',
      'POST /api/enrol',
      api.enrolAnswer,
      api.enrolled,
      (asked) => tries.count(asked.connection, () => finish(asked)),
      exactly,
    ),
  ];
}

/**
 * Each use is a user of its own to the authenticator: a second passkey of the same user would take the place of the first. Both may
 * lie on one authenticator, but not on one that is another approver's already.
 */
function optionsFor(use: 'approve' | 'log in', name: string, others: readonly Approver[], { id }: RelyingParty) {
  return generateRegistrationOptions({
    rpName: 'Castellan',
    rpID: id,
    userName: `${name} (${use})`,
    userDisplayName: `${name} (${use})`,
    timeout: enrolMs,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    excludeCredentials: others.flatMap(({ approval, login }) => [{ id: approval.id }, { id: login.id }]),
    supportedAlgorithmIDs: [...algorithms],
  });
}

function loginNeeded(): Error {
  return consoleError('console-login-needed', {
    message: "an enrolment needs root's one-time code, or the approver who began it",
    next: 'run `sudo castellan enrol` on the host, or log in',
  });
}

function enrolmentVoid(message: string): Error {
  return consoleError('enrolment-void', { message, next: 'begin the enrolment again' });
}
