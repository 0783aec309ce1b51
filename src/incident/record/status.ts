import type { IncidentStatus } from '../incident.ts';

/**
 * How an incident moves; incident.ts has the picture.
 *
 *  reached   a status that its condition brings about: triage ran, a finding was stated, a report was accepted. It moves forward or
 *            not at all: what comes late is recorded, and the status stays where it is
 *  asked     a status that somebody asks for: only those that no record can tell by itself
 */
const path: readonly IncidentStatus[] = [
  'open',
  'triaged',
  'investigating',
  'mitigated',
  'reviewed',
  'drafted',
  'validated',
  'final',
];

/** Nothing more is recorded of these. */
export function isClosed(status: IncidentStatus): boolean {
  return status === 'dismissed' || status === 'merged';
}

/** Another opening for the same thing is another incident. */
export function isOver(status: IncidentStatus): boolean {
  return isClosed(status) || status === 'final' || status === 'amended';
}

/** Where the incident stands once `status` is reached. */
export function reached(from: IncidentStatus, status: IncidentStatus): IncidentStatus {
  if (isClosed(from)) return from;
  if (isClosed(status)) return isOver(from) ? from : status;
  // A final report after a final one.
  if (status === 'amended' || status === 'final') return isOver(from) ? 'amended' : 'final';
  return place(status) > place(from) ? status : from;
}

/** Where it stands after somebody asked for `status`; undefined: it cannot be had by asking. */
export function asked(from: IncidentStatus, status: IncidentStatus): IncidentStatus | undefined {
  if (from === status) return from;
  if (isClosed(status)) return isOver(from) ? undefined : status;
  if (isClosed(from) || status === 'amended') return undefined;
  // Asked for what it has passed: that is so already.
  if (place(status) <= place(from)) return from;
  return status === 'investigating' || status === 'mitigated' ? status : undefined;
}

/** What has to happen for a status that cannot be had by asking. */
export function wayTo(status: IncidentStatus): string {
  switch (status) {
    case 'triaged':
      return 'run triage';
    case 'reviewed':
      return 'ask history, and give every candidate a verdict';
    case 'drafted':
    case 'validated':
      return 'draft the report';
    case 'final':
    case 'amended':
      return 'publish the report';
    case 'dismissed':
    case 'merged':
      return 'only an incident without a final report is dismissed or merged; correct the report instead';
    case 'open':
    case 'investigating':
    case 'mitigated':
      return 'leave the status out';
  }
}

/** `amended` lies behind everything. */
function place(status: IncidentStatus): number {
  const found = path.indexOf(status);
  return found === -1 ? path.length : found;
}
