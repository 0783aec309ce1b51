import { defineErrors } from '../../kit/index.ts';

export const accessError = defineErrors({
  'kubectl-missing': { audience: 'operator', meaning: 'There is no kubectl on the PATH.' },
  'kubectl-forbidden': {
    audience: 'operator',
    meaning: 'The API server forbade kubectl what `castellan init kubernetes` has to do.',
  },
  'kubectl-unreachable': { audience: 'operator', meaning: 'Kubectl could not reach the API server.' },
  'kubectl-failed': { audience: 'operator', meaning: 'Kubectl failed; its own words were printed above.' },
  'init-context-unknown': { audience: 'operator', meaning: 'The kubeconfig has no such context, or no current one.' },
  'init-connection-insecure': {
    audience: 'operator',
    meaning: 'The context does not check the certificate of its API server, so Castellan would not use it.',
  },
  'init-not-confirmed': { audience: 'operator', meaning: 'Nobody agreed to what would be made; nothing was changed.' },
  'init-login-exists': {
    audience: 'operator',
    meaning: 'Castellan has a credential for this context already, and replaces it only with --renew.',
  },
  'init-login-foreign': {
    audience: 'operator',
    meaning:
      'The kubeconfig in the data directory is not one that `castellan init kubernetes` wrote; it was left alone.',
  },
  'init-not-read-only': {
    audience: 'operator',
    meaning: 'The new account may do more than the role gives it, so its credential was thrown away.',
  },
  'init-credential-refused': {
    audience: 'operator',
    meaning: 'The new credential was made and cannot read; it was thrown away.',
  },
});
