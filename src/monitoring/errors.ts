import { defineErrors } from '../kit/index.ts';

/**
 * What can be wrong with a question to what watches the homelab. None has a `cause`, and no message quotes an answer: what a server
 * or a driver says may hold labels that are masked.
 */
export const monitoringError = defineErrors({
  'monitoring-config-invalid': {
    audience: 'operator',
    meaning: 'The address, CA or token of a monitoring server cannot be used.',
  },
  'monitoring-unconfigured': {
    audience: 'operator',
    meaning: 'The monitoring server that was asked for is not named in castellan.yaml.',
  },
  'monitoring-unreachable': {
    audience: 'operator',
    meaning: 'No connection to the monitoring server could be made, or it broke. What it knows is unknown, not empty.',
  },
  'monitoring-deadline': { audience: 'agent', meaning: 'The monitoring server did not finish its answer in time.' },
  'monitoring-forbidden': { audience: 'operator', meaning: 'The monitoring server did not let us in (401, 403).' },
  'monitoring-limited': { audience: 'agent', meaning: 'The monitoring server asks to be called less often (429).' },
  'monitoring-rejected': { audience: 'agent', meaning: 'The monitoring server could not carry out the query (4xx).' },
  'monitoring-failing': { audience: 'operator', meaning: 'The monitoring server itself failed (5xx).' },
  'monitoring-reply-invalid': {
    audience: 'operator',
    meaning: 'What came back is not what such a server answers: not JSON, compressed, a page, or of another shape.',
  },
  'monitoring-redirected': {
    audience: 'operator',
    meaning: 'The monitoring server sent us elsewhere; that was not followed, and no token was sent there.',
  },
  'query-invalid': { audience: 'agent', meaning: 'The query is not PromQL or LogQL; the message says where.' },
  'query-too-wide': {
    audience: 'agent',
    meaning: 'The query reaches over more time, lines or data than one question may.',
  },
  'query-refused': {
    audience: 'agent',
    meaning: 'The query would have a server compare text that is masked in answers, so that it could be guessed.',
  },
});
