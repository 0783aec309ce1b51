import { defineErrors } from '../../src/kit/index.ts';

export const vaultToolError = defineErrors({
  'vault-reference-invalid': {
    audience: 'agent',
    meaning: 'What was given is no reference to a secret of Vault: mount/path#key, with @version or without.',
  },
  'vault-compare-literal': {
    audience: 'agent',
    meaning: 'A value, or what could be one, was given to compare with: only two references are compared.',
  },
  'vault-compare-limited': {
    audience: 'agent',
    meaning: 'So many comparisons were asked for in the last hour that more would answer guesses.',
  },
  'vault-request-incomplete': { audience: 'agent', meaning: 'A request to a human lacks what its kind needs.' },
  'vault-request-unknown': {
    audience: 'operator',
    meaning: 'The keep took a request and did not tell its id; it may exist all the same.',
  },
  'vault-snippet-impossible': {
    audience: 'agent',
    meaning: 'No text for a file can be made of this reference: it names no key, or its name cannot be quoted safely.',
  },
  'vault-keep-missing': { audience: 'operator', meaning: 'The tool asks the keep, and no keep is configured.' },
  'vault-cluster-missing': { audience: 'operator', meaning: 'The tool asks the cluster, and none is configured.' },
  'vault-audit-unreadable': {
    audience: 'operator',
    meaning: 'The audit log of Vault could not be read from Loki; who read a secret last is not known.',
  },
  'vault-token-too-strong': {
    audience: 'operator',
    meaning:
      "The daemon's token can read values, or change something. With `strict` nothing is asked of Vault with it.",
  },
});
