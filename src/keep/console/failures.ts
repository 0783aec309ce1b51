import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { CastellanError, stripHiddenCharacters } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import { consoleError } from './errors.ts';

/** What is asked wrongly is 4xx; a code that is not listed is a refusal of something that was understood. */
const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  'console-malformed': 400,
  'console-login-needed': 401,
  'login-refused': 401,
  'console-refused': 403,
  'approval-refused': 403,
  'enrolment-refused': 403,
  'console-unknown': 404,
  'request-not-found': 404,
  'change-unknown': 404,
  'run-unknown': 404,
  'console-method': 405,
  'console-too-large': 413,
  'console-too-often': 429,
  'console-fault': 500,
  'approvers-unusable': 503,
  'audit-write-failed': 503,
  'console-not-built': 503,
  'keep-stopping': 503,
};

export interface Failure {
  readonly status: ContentfulStatusCode;
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}

/** What is not ours may quote anything: it goes to the log alone. */
export function failureOf(
  error: unknown,
  { redactor, log }: { redactor: Pick<Redactor, 'text'>; log: StoreLog },
): Failure {
  const known = error instanceof CastellanError ? error : fault(error, log);
  const plain = (text: string): string => redactor.text(stripHiddenCharacters(text)).text;
  return {
    status: statuses[known.code] ?? 409,
    error: { code: known.code, message: plain(known.message), next: plain(known.next) },
  };
}

function fault(error: unknown, log: StoreLog): CastellanError {
  log.error({ err: error }, 'web.request.failed');
  return consoleError('console-fault', {
    message: 'this is a fault of the keep',
    next: "look it up in the keep's log, and please report it",
  });
}
