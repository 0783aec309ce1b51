import type { KnownIssue, Runbook, Subject } from './port.ts';

/** A known issue that asks for nothing, but for what is given. */
export function knownIssue(given: Partial<KnownIssue> = {}): KnownIssue {
  return {
    id: 'KI-7',
    title: 'thumbnails are late',
    services: [],
    namespaces: [],
    rules: [],
    symptoms: [],
    workaround: 'wait until the night run is over',
    until: undefined,
    origin: 'docs/known-issues.yaml',
    ...given,
  };
}

export function runbook(given: Partial<Runbook> = {}): Runbook {
  return {
    name: 'restart-photos',
    title: 'Restart the photo workers',
    services: [],
    alerts: [],
    symptoms: [],
    text: '# Restart the photo workers\n\n1. look at the queue',
    origin: 'docs/runbooks',
    ...given,
  };
}

export function subject(given: Partial<Subject> = {}): Subject {
  return {
    namespace: 'photos',
    name: 'photo-worker',
    rules: ['container-crashing'],
    text: 'CrashLoopBackOff: OOMKilled, memory limit 128Mi, 7 restarts',
    ...given,
  };
}
