import { defineErrors } from '../kit/index.ts';

/**
 * What can be wrong with a call to Vault. None of these has a `cause`: what a driver throws holds headers, and what Vault
 * answers may quote a body, so neither leaves this folder.
 */
export const vaultError = defineErrors({
  'vault-config-invalid': {
    audience: 'operator',
    meaning: 'The address, peer, CA or namespace of Vault cannot be used.',
  },
  'vault-path-invalid': {
    audience: 'agent',
    meaning: 'The path has an empty segment, dots, or a character that would change where it leads. Nothing was sent.',
  },
  'vault-unreachable': { audience: 'operator', meaning: 'No connection to Vault could be made, or it broke.' },
  'vault-deadline': { audience: 'agent', meaning: 'Vault did not finish its answer in time.' },
  'vault-sealed': { audience: 'operator', meaning: 'Vault is sealed or was never initialised: it can answer nothing.' },
  'vault-standby': {
    audience: 'operator',
    meaning: 'The node is a standby, or has not caught up, and found no leader.',
  },
  'vault-refused': { audience: 'operator', meaning: 'The token may not do this (403).' },
  'vault-not-found': { audience: 'agent', meaning: 'Vault has nothing there, or what was there is deleted (404).' },
  'vault-unsupported': {
    audience: 'operator',
    meaning: 'This Vault, or the engine at the path, has no such operation.',
  },
  'vault-conflict': {
    audience: 'agent',
    meaning: 'The secret changed since it was looked at (check-and-set), so nothing was written.',
  },
  'vault-wrapping-gone': {
    audience: 'operator',
    meaning: 'The wrapping token was used already, has expired, or never was.',
  },
  'vault-rejected': { audience: 'agent', meaning: 'Vault did not accept the request (400 and the like).' },
  'vault-limited': { audience: 'agent', meaning: 'Vault asks to be called less often (429).' },
  'vault-failing': { audience: 'operator', meaning: 'Vault itself failed (5xx).' },
  'vault-reply-invalid': {
    audience: 'operator',
    meaning: 'What came back is not what Vault answers: not JSON, too large, or of another shape.',
  },
  'vault-redirected': {
    audience: 'operator',
    meaning: 'Vault sent us elsewhere than to a configured peer; that was not followed, and no token was sent there.',
  },
  'vault-token-lost': {
    audience: 'operator',
    meaning: 'There is no token to ask with: it expired, was revoked, is somebody else’s, or the login was refused.',
  },
  'vault-job-refused': {
    audience: 'operator',
    meaning: 'The token may not make the short batch token a job runs with.',
  },
});
