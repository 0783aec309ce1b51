import { defineErrors } from '../kit/index.ts';

export const clusterError = defineErrors({
  'cluster-config-invalid': {
    audience: 'operator',
    meaning: 'The kubeconfig or the context named in castellan.yaml cannot be used.',
  },
  'cluster-connection-insecure': {
    audience: 'operator',
    meaning: 'The kubeconfig turns certificate checks off, or names an http:// server that is not on loopback.',
  },
  'cluster-context-refused': {
    audience: 'agent',
    meaning: 'The context asked for is not one castellan.yaml allows.',
  },
  'cluster-credential-failed': {
    audience: 'operator',
    meaning: 'The credential plugin, token file or identity provider of the kubeconfig gave no credential.',
  },
  'cluster-request-refused': {
    audience: 'agent',
    meaning: 'The request is one this transport never sends: only validated reads leave it. Nothing was sent.',
  },
  'cluster-secret-refused': {
    audience: 'agent',
    meaning: 'Secrets are never read, under no name, alias or API group.',
  },
  'cluster-overprivileged': {
    audience: 'operator',
    meaning: 'The credential may do more than look, so nothing is read with it.',
  },
  'cluster-self-check-failed': {
    audience: 'operator',
    meaning: 'The API server did not say what the credential may do, so nothing is read with it.',
  },
  'cluster-unreachable': { audience: 'operator', meaning: 'No connection to the API server could be made.' },
  'cluster-deadline': { audience: 'agent', meaning: 'The API server did not finish its answer in time.' },
  'cluster-answer-too-large': { audience: 'agent', meaning: "The API server's answer was larger than the ceiling." },
  'cluster-answer-unreadable': {
    audience: 'operator',
    meaning: "The API server's answer was not the JSON it was asked for.",
  },
  'cluster-redirected': {
    audience: 'operator',
    meaning: 'The API server answered with a redirect, which is never followed.',
  },
  'cluster-unauthorized': { audience: 'operator', meaning: 'The API server did not accept the credential (401).' },
  'cluster-forbidden': { audience: 'operator', meaning: 'The credential may not do this (403).' },
  'cluster-not-found': { audience: 'agent', meaning: 'The API server knows no such object or path (404).' },
  'cluster-list-expired': {
    audience: 'agent',
    meaning: 'The version of the list that was being read is gone from the API server (410).',
  },
  'cluster-throttled': { audience: 'agent', meaning: 'The API server asks to be called less often (429).' },
  'cluster-failing': { audience: 'operator', meaning: 'The API server failed (5xx).' },
  'cluster-request-rejected': {
    audience: 'agent',
    meaning: 'The API server did not understand the request (any other 4xx).',
  },
  'cluster-kind-unknown': { audience: 'agent', meaning: 'The API server serves no such kind.' },
  'cluster-selector-invalid': { audience: 'agent', meaning: 'The label or field selector is malformed.' },
});
