import { defineErrors } from '../../kit/index.ts';

export const approverError = defineErrors({
  'approval-refused': {
    audience: 'operator',
    meaning:
      'A signature does not prove that an enrolled approver signed this document here; the message has the reason.',
  },
  'approval-spent': { audience: 'operator', meaning: 'A signature was taken before: each is good once.' },
  'login-refused': {
    audience: 'operator',
    meaning: 'A login passkey did not prove who is there; the message has the reason.',
  },
  'approvers-unusable': {
    audience: 'operator',
    meaning: 'The record of what was signed before cannot be read or written, so no signature is taken at all.',
  },
  'enrolment-refused': {
    audience: 'operator',
    meaning: 'A passkey was not enrolled: its code, its name or what the browser sent is not what it must be.',
  },
});

export function approvalRefused(reason: string, cause?: unknown): Error {
  return approverError('approval-refused', {
    message: `the signature is not taken: ${reason}`,
    next: 'nothing was done; read again what the console shows, and sign that',
    cause,
  });
}

export function enrolmentRefused(reason: string, next: string, cause?: unknown): Error {
  return approverError('enrolment-refused', { message: `nobody was enrolled: ${reason}`, next, cause });
}
