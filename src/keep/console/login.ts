import { z } from 'zod';
import * as api from './api.ts';
import { consoleError } from './errors.ts';
import { openOnce } from './once.ts';
import type { ConsoleOptions } from './options.ts';
import { type Route, withoutLogin } from './route.ts';
import type { Sessions } from './sessions.ts';
import type { Tries } from './tries.ts';

const challengeMs = 120_000;

/** A login passkey begins a session. It proves who looks; it signs nothing. */
export function loginRoutes(
  options: ConsoleOptions & { sessions: Sessions; tries: Tries; now: () => Date },
): readonly Route[] {
  const { approvers, relyingParty, sessions, tries, now, log } = options;
  const challenges = openOnce<true>({ lastsMs: challengeMs, most: 10_000, now });
  const exactly = { isExact: true };
  return [
    withoutLogin(
      'anybody',
      'POST /api/login/options',
      nothing,
      api.loginOptions,
      async () => ({
        options: {
          challenge: challenges.put(true),
          rpId: relyingParty.id,
          timeout: challengeMs,
          userVerification: 'required',
          allowCredentials: approvers.list().map(({ login }) => ({ type: 'public-key', id: login.id })),
        },
      }),
      exactly,
    ),
    withoutLogin(
      'anybody',
      'POST /api/login',
      api.loginAnswer,
      api.session,
      ({ body: { challenge, assertion }, connection }) =>
        tries.count(connection, async () => {
          if (challenges.take(challenge) === undefined) throw challengeOver();
          const approver = await approvers.verifyLogin(signedBy(assertion), challenge);
          const { token, expiresAt } = sessions.begin(approver);
          log.info({ approver: approver.name }, 'human.login');
          return { token, name: approver.name, expiresAt: expiresAt.toISOString() };
        }),
      exactly,
    ),
    withoutLogin('anybody', 'POST /api/logout', nothing, nothing, async ({ token }) => {
      sessions.end(token);
      return {};
    }),
  ];
}

export const nothing = z.strictObject({});

/** As signatures are kept. */
export function signedBy({ id, response }: api.AssertionAnswer) {
  const { clientDataJSON, authenticatorData, signature } = response;
  return { credential: id, clientDataJSON, authenticatorData, signature };
}

function challengeOver(): Error {
  return consoleError('console-login-needed', {
    message: 'this login was not begun here, was used, or took longer than two minutes',
    next: 'log in again',
  });
}
