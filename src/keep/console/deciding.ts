import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from '../../store/canonical-json.ts';
import { isSecretKind, type Subject } from '../decisions/port.ts';
import * as api from './api.ts';
import type { ProvedKeys } from './enrolling.ts';
import { consoleError } from './errors.ts';
import { nothing, signedBy } from './login.ts';
import type { ConsoleOptions } from './options.ts';
import { overviewOf } from './overview.ts';
import { type Route, withLogin } from './route.ts';
import { typedNameOf } from './sets.ts';
import { documentOf } from './signer.ts';

const signingMs = 300_000;

/** What a session may do by itself, which is never to approve; and the documents that a passkey signs for everything else. */
export function decidingRoutes(options: ConsoleOptions & { proved: ProvedKeys }): readonly Route[] {
  const { changes, decisions, foreign, relyingParty, log } = options;
  const exactly = { isExact: true };
  return [
    withLogin('POST /api/sets/:id/reject', api.rejection, api.overview, async ({ id, body, approver }) => {
      await changes.reject(id, approver.name, body.words);
      log.info({ set: id, approver: approver.name }, 'human.rejected');
      return overviewOf(approver.name, options);
    }),
    withLogin('POST /api/changes/:id/revert', nothing, api.reverting, async ({ id, approver }) => {
      const [first] = await changes.revert(id, { agent: 'console', human: approver.name });
      if (first === undefined) throw new Error(`the revert of ${id} has no change`);
      return { set: first.set };
    }),
    withLogin('POST /api/foreign/seen', api.foreignSeen, nothing, async ({ body, approver }) => {
      await foreign.seen(body.stack, new Date(body.at), approver.name);
      return {};
    }),
    withLogin(
      'POST /api/documents',
      api.subject,
      api.draft,
      async ({ body, approver }) => {
        const document = await decisions.draft(await subjectOf(body, options), approver);
        const text = canonicalJson(document);
        const digest = createHash('sha256').update(text).digest();
        return {
          document: text,
          sha256: digest.toString('hex'),
          options: {
            challenge: digest.toString('base64url'),
            rpId: relyingParty.id,
            timeout: signingMs,
            userVerification: 'required',
            allowCredentials: [{ type: 'public-key', id: approver.approval.id }],
          },
        };
      },
      exactly,
    ),
    withLogin('POST /api/documents/sign', api.signing, api.taken, async ({ body, approver }) => {
      const { document, assertion } = body;
      // What gives out a value, or takes one, has a way of its own, which nothing is written down on.
      if (isSecretKind(documentOf(document, approver).kind)) {
        throw consoleError('console-refused', {
          message: 'the document is about a secret, and is taken on the page of its request alone',
          next: 'open the request and sign there',
        });
      }
      const { kind, subject, outcome } = await decisions.take({ document, assertion: signedBy(assertion) });
      log.info({ kind, subject, approver: approver.name }, 'human.signed');
      return { kind, subject, outcome };
    }),
  ];
}

/** What was asked for, once what the page alone could have asked was asked here too. */
async function subjectOf(
  asked: z.output<typeof api.subject>,
  { changes, proved }: { changes: ConsoleOptions['changes']; proved: ProvedKeys },
): Promise<Subject> {
  if (asked.kind === 'enrol') {
    if (proved.has(asked)) return asked;
    throw consoleError('enrolment-void', {
      message: 'these passkeys were not proved here within the last minutes',
      next: 'begin the enrolment again',
    });
  }
  if (asked.kind !== 'approve' && asked.kind !== 'break-glass') return asked;
  const { typed, ...subject } = asked;
  const name = typedNameOf(await changes.status(asked.set, 0));
  if (name === undefined || typed?.trim() === name) return subject;
  throw consoleError('console-not-typed', {
    message: 'the set is critical, and the name of its stack was not typed',
    next: `type ${name} and sign then`,
  });
}
