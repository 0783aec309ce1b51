import { defineErrors } from '../kit/index.ts';

export const incidentError = defineErrors({
  'incident-unknown': { audience: 'agent', meaning: 'No incident has that id.' },
  'incident-closed': {
    audience: 'agent',
    meaning: 'The incident was dismissed or merged into another, and takes nothing more.',
  },
  'incident-moved-on': { audience: 'agent', meaning: 'The incident is newer than the version that was named.' },
  'incident-stage-held': {
    audience: 'agent',
    meaning: 'Somebody else works on this stage; its lease says until when.',
  },
  'incident-key-reused': { audience: 'agent', meaning: 'The idempotency key was used for something else.' },
  'incident-full': { audience: 'agent', meaning: 'The incident has as much evidence as one may have.' },
  'evidence-unknown': { audience: 'agent', meaning: 'Evidence was cited that this incident does not have.' },
  'finding-unknown': { audience: 'agent', meaning: 'A finding was named that this incident does not have.' },
  'action-unknown': { audience: 'agent', meaning: 'No action item has that id.' },
  'candidate-unknown': {
    audience: 'agent',
    meaning: 'A recurrence candidate was named that this incident does not have.',
  },
  'incident-argument-invalid': {
    audience: 'agent',
    meaning: 'An argument does not fit what was asked; the message says which.',
  },
  'report-invalid': { audience: 'agent', meaning: 'The report breaks rules of the validator, which the answer lists.' },
  'publish-unconfigured': { audience: 'operator', meaning: 'castellan.yaml does not say where reports are published.' },
});
