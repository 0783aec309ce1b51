import { defineErrors } from '../kit/index.ts';

export const configError = defineErrors({
  'config-not-found': {
    audience: 'operator',
    meaning: 'The castellan.yaml that was named by --config or CASTELLAN_CONFIG does not exist.',
  },
  'config-unreadable': {
    audience: 'operator',
    meaning: 'The castellan.yaml cannot be read, is too large or no text, or every user of the machine can change it.',
  },
  'config-malformed': { audience: 'operator', meaning: 'The castellan.yaml is not YAML as Castellan reads it.' },
  'config-unknown-key': {
    audience: 'operator',
    meaning: 'A key of castellan.yaml, or a CASTELLAN_ variable, means nothing.',
  },
  'config-invalid': {
    audience: 'operator',
    meaning: 'A value in castellan.yaml or in a CASTELLAN_ variable is not one its key takes.',
  },
  'config-unsafe': {
    audience: 'operator',
    meaning:
      'The keep.yaml, a file it names or a folder above one of them could be changed by somebody it must not be.',
  },
  'home-unsafe': {
    audience: 'operator',
    meaning: 'The data directory belongs to somebody else, or others may write into it.',
  },
  'home-unusable': {
    audience: 'operator',
    meaning: 'The data directory cannot be made or opened, or its path is too long for a socket.',
  },
  'secret-file-unsafe': {
    audience: 'operator',
    meaning: 'A file that holds a secret belongs to somebody else, or others can read or change it.',
  },
  'secret-file-unusable': {
    audience: 'operator',
    meaning: 'A file that should hold a secret is missing, empty, too large, no text or no regular file.',
  },
  'secret-unresolvable': {
    audience: 'operator',
    meaning: 'A secret is named by its place in Vault, and nothing is configured that can read it there.',
  },
});

export type ConfigErrorCode = Parameters<typeof configError>[0];
