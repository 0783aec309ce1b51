import { defineErrors } from '../../kit/index.ts';

export const consoleError = defineErrors({
  'console-not-listening': { audience: 'operator', meaning: "The console's port on loopback could not be taken." },
  'console-not-built': { audience: 'operator', meaning: "The console's page is not there: it was never built." },
  'console-unknown': { audience: 'operator', meaning: 'The console has no such page, set or change.' },
  'console-method': { audience: 'operator', meaning: 'The console does something else at this path.' },
  'console-refused': {
    audience: 'operator',
    meaning:
      "A request to the console did not come from its own page: another name, another page, or none of the page's headers.",
  },
  'console-malformed': { audience: 'operator', meaning: 'A request to the console was not what its interface takes.' },
  'console-too-large': {
    audience: 'operator',
    meaning: 'A request to the console was larger than any its page makes.',
  },
  'console-login-needed': {
    audience: 'operator',
    meaning: 'Nobody is logged in: there is no session, it ended, or its approver was revoked.',
  },
  'console-too-often': { audience: 'operator', meaning: 'Too many logins or enrolments failed within a minute.' },
  'console-not-typed': {
    audience: 'operator',
    meaning: 'A critical set is signed only after the name that its page shows was typed.',
  },
  'enrolment-void': {
    audience: 'operator',
    meaning: 'An enrolment was not begun here, is over, or its passkeys are not two new ones.',
  },
  'console-fault': { audience: 'operator', meaning: 'A fault of the keep itself; its log has more.' },
});
