import { defineErrors } from '../kit/index.ts';

export const configError = defineErrors({
  'config-not-found': {
    audience: 'operator',
    meaning: 'The castellan.yaml that was named by --config or CASTELLAN_CONFIG cannot be read.',
  },
  'config-invalid': {
    audience: 'operator',
    meaning: 'castellan.yaml or a CASTELLAN_ variable is wrong: every problem is listed with its place and next step.',
  },
  'home-unsafe': {
    audience: 'operator',
    meaning: 'The data directory belongs to somebody else, is open to others, or cannot hold the socket.',
  },
  'secret-file-unsafe': {
    audience: 'operator',
    meaning: 'A file that holds a secret is missing, empty, no plain file, or within reach of other users.',
  },
  'secret-vault-unconfigured': {
    audience: 'operator',
    meaning: 'castellan.yaml names a secret in Vault, and no Vault is configured to read it from.',
  },
});
