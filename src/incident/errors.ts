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
  'knowledge-invalid': {
    audience: 'operator',
    meaning: 'A known issue or a runbook has no name, is named twice in one origin, or is larger than one may be.',
  },
  'publish-unconfigured': {
    audience: 'operator',
    meaning: 'Where reports are published is not said in castellan.yaml.',
  },
  'rubric-invalid': { audience: 'operator', meaning: 'The rubric that says how bad an incident is cannot be read.' },
  'snapshot-invalid': { audience: 'agent', meaning: 'What was kept of a triage is no snapshot that can be judged.' },
  'publish-refused': {
    audience: 'operator',
    meaning:
      'A report could not be written where castellan.yaml says, or a file that is not its own would have been replaced.',
  },
  'incident-snapshot-missing': {
    audience: 'agent',
    meaning: 'The incident has no snapshot that could be judged again, or its bytes no longer match their hash.',
  },
  'source-unconfigured': {
    audience: 'operator',
    meaning: 'What a source of evidence has to ask is not configured.',
  },
  'infra-repository-slow': {
    audience: 'agent',
    meaning: 'The infra repository is fetched for the first time, and that is not over yet.',
  },
  'infra-file-unusable': {
    audience: 'agent',
    meaning: 'A file of the infra repository is a link, no text, or larger than is read.',
  },
});
