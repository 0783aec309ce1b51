import type { ActionDraft, ActionStatus } from '../action.ts';
import { plain } from './blocks.ts';

/**
 * What people call the same thing. Headings say what a section is, labels what a fact is, and marks what became of an action;
 * each is known by several names, and what is known by none is left as it stands.
 */
export type SectionKind =
  | 'actions'
  | 'timeline'
  | 'recurrence'
  | 'detection'
  | 'contributing'
  | 'cause'
  | 'impact'
  | 'symptom'
  | 'lessons'
  | 'fix'
  | 'summary'
  | 'raw'
  | 'facts';

/** In this order: `Remediation items` are actions before they are a fix. */
const sections: readonly (readonly [SectionKind, RegExp])[] = [
  ['raw', /\b(raw|appendix|appendices|evidence|coverage|references|links|attachments)\b/],
  [
    'actions',
    /\b(action items?|actions?( taken next| plan)?|follow[- ]?ups?|next steps|to-?dos?|tasks|prevention( plan)?|preventive|preventative|detective|corrective|(remediation|improvement) (items|plan)|improvements|what we will do|work items)\b/,
  ],
  ['timeline', /\b(timeline|chronology|sequence of events)\b/],
  ['recurrence', /\b(recurrence|previous incidents|similar incidents|seen before|history)\b/],
  ['detection', /\b(detection|how (it|this) was (noticed|detected|found)|monitoring)\b/],
  ['contributing', /\bcontribut/],
  [
    'cause',
    /\b(causes?|rca|why( it happened| did (it|this) happen)?|trigger|diagnosis|analysis|explanation|the bug)\b/,
  ],
  ['impact', /\b(impact|blast radius|who was affected|consequences?|damage)\b/],
  ['symptom', /\b(symptoms?|problem|issue|what was seen|error)\b/],
  [
    'lessons',
    /\b(lessons?( learned)?|retrospective|what went (well|wrong|poorly|badly)|where we (got|were) lucky|takeaways)\b/,
  ],
  [
    'fix',
    /\b(resolution|resolved|fix(es)?|remediation|recovery|mitigations?|workaround|how (it|this) was (fixed|solved|resolved)|solution|repair)\b/,
  ],
  ['summary', /\b(summary|overview|tl;?dr|abstract|synopsis|what happened|in short|background|description)\b/],
  ['facts', /\b(metadata|details|at a glance|facts|info(rmation)?)\b/],
];

export function sectionKindOf(heading: string): SectionKind | undefined {
  const words = plain(heading).toLowerCase().slice(0, 120);
  return sections.find(([, pattern]) => pattern.test(words))?.[0];
}

export type Label =
  | 'title'
  | 'date'
  | 'started'
  | 'severity'
  | 'services'
  | 'namespaces'
  | 'alerts'
  | 'status'
  | 'rules'
  | 'symptoms'
  | 'cause'
  | 'fix'
  | 'until'
  | 'id'
  | 'incident';

const labels: readonly (readonly [Label, RegExp])[] = [
  ['incident', /^incident[ _-]?id$/],
  ['id', /^(id|key|number|no\.?)$/],
  ['title', /^(title|name)$/],
  ['started', /^(started([ _]at)?|start([ _]time)?|begin|began|onset|from|first seen)$/],
  ['date', /^((incident )?date( of incident)?|day|when|occurred( on)?|detected([ _]at)?|reported)$/],
  ['severity', /^(sev(erity)?( level)?|incident severity|level)$/],
  [
    'services',
    /^((affected|impacted) )?(services?|systems?|components?|apps?|applications?|workloads?)( affected| impacted)?$/,
  ],
  ['namespaces', /^(affected )?(namespaces?|ns)$/],
  ['alerts', /^(alerts?( names?| fired)?|alertname)$/],
  ['rules', /^(rules?|checks?|findings?)$/],
  ['symptoms', /^(symptoms?|match(es)?|errors?|signature|looks like|problem)$/],
  ['cause', /^(root )?cause$|^why$/],
  ['fix', /^(workaround|mitigation|fix|resolution|what to do|remedy)$/],
  ['until', /^(until|expires?|expiry|review[ _-]?(by|date|on)|valid[ _-]until|due)$/],
  ['status', /^(status|state)$/],
];

/** `Affected Services`, `**Date (UTC)**`: what the value beside it is. */
export function labelOf(words: string): Label | undefined {
  if (words.length > 60) return undefined;
  const bare = plain(words)
    .toLowerCase()
    .replace(/\([^()]*\)/g, '')
    .replace(/[:：]+$/, '')
    .trim();
  return labels.find(([, pattern]) => pattern.test(bare))?.[0];
}

export type ActionColumn =
  | 'id'
  | 'title'
  | 'priority'
  | 'type'
  | 'class'
  | 'owner'
  | 'due'
  | 'status'
  | 'path'
  | 'verify'
  | 'details';

const columns: readonly (readonly [ActionColumn, RegExp])[] = [
  [
    'title',
    /^(action( items?)?|items?|tasks?|what|to-?do|follow[- ]?ups?|title|improvement|description|measure|recommendation)$/,
  ],
  ['priority', /^(prio(rity)?|p|pri|urgency|severity)$/],
  ['class', /^(class|category|goal)$/],
  ['type', /^(type|kind|area)$/],
  ['owner', /^(owner|assignee|assigned( to)?|who|responsible|dri|by whom)$/],
  ['due', /^(due( date| by)?|deadline|by|date|target( date)?|eta|when)$/],
  ['status', /^(status|state|done\??|progress|landed|✓|✔|✅)$/],
  ['path', /^(files?|path|where|location|stack)$/],
  ['verify', /^(verif(y|ied|ication)( by)?|test)$/],
  ['details', /^(details?|notes?|comments?|why|reason|draft( change| alert)?|link|ticket|issue)$/],
  ['id', /^(#|id|no\.?|nr\.?|number)$/],
];

export function columnOf(header: string): ActionColumn | undefined {
  const bare = plain(header).toLowerCase().trim();
  return columns.find(([, pattern]) => pattern.test(bare))?.[0];
}

const statuses: readonly (readonly [ActionStatus, RegExp])[] = [
  ['dropped', /\b(dropped|won'?t ?(fix|do)?|cancell?ed|obsolete|declined|rejected|superseded|abandoned)\b|🚫|⛔/],
  ['open', /\b(not (yet )?(done|started|landed|implemented)|undone|incomplete)\b|❌|⬜|☐|🔴/],
  ['in-progress', /\b(wip|in[- ]?progress|doing|started|ongoing|partial(ly)?|underway|in review)\b|🔄|⏳|🚧|🟡/],
  [
    'landed',
    /\b(done|landed|completed?|closed|fixed|merged|shipped|resolved|implemented|deployed|applied|yes)\b|✅|✔|☑|🟢/,
  ],
  ['open', /\b(to-?do|open|planned|pending|no|new|backlog|deferred|proposed|later|tbd)\b/],
];

export function statusIn(text: string): ActionStatus | undefined {
  const words = text.toLowerCase().slice(0, 200);
  return statuses.find(([, pattern]) => pattern.test(words))?.[0];
}

const types: readonly (readonly [ActionDraft['type'], RegExp])[] = [
  ['alert', /\b(alert|alerts|alerting|page when|notify when)\b/],
  ['monitor', /\b(monitor(ing)?|dashboard|probe|metrics?|check that|watch)\b/],
  ['runbook', /\b(runbook|playbook|document(ation|ed)?|docs?|write down|procedure)\b/],
  ['migration', /\b(migrat(e|ion)|move .{1,40} (to|off)|upgrade)\b/],
  ['architecture', /\b(architecture|redesign|replicas?|redundan|failover|high availability)\b/],
  ['investigation', /\b(investigat|find out|understand|research|look into|root[- ]cause)\b/],
  ['code', /\b(code|patch|bug ?fix|script|refactor|test)\b/],
  ['config', /\b(config(uration)?|set|limit|pin|raise|lower|enable|disable|terraform|helm|value)\b/],
];

export function typeIn(text: string): ActionDraft['type'] | undefined {
  const words = text.toLowerCase().slice(0, 300);
  return types.find(([, pattern]) => pattern.test(words))?.[0];
}

export function classIn(text: string): ActionDraft['class'] | undefined {
  const words = text.toLowerCase();
  if (/\b(prevent|preventive|preventative|prevention)\b/.test(words)) return 'prevent';
  if (/\b(detect|detective|detection|alerting|monitoring)\b/.test(words)) return 'detect';
  return /\b(mitigat(e|ive|ion)|respond|response|recovery)\b/.test(words) ? 'mitigate' : undefined;
}

export function priorityIn(text: string): ActionDraft['priority'] | undefined {
  const [, digit, word] =
    /(?<![A-Za-z0-9])(?:P([0-4])|(critical|urgent|high|medium|low))(?![A-Za-z0-9])/i.exec(text.slice(0, 300)) ?? [];
  if (digit !== undefined) return digit === '0' ? 'P0' : digit === '1' ? 'P1' : digit === '2' ? 'P2' : 'P3';
  const names: Readonly<Record<string, ActionDraft['priority']>> = {
    critical: 'P0',
    urgent: 'P0',
    high: 'P1',
    medium: 'P2',
    low: 'P3',
  };
  return word === undefined ? undefined : names[word.toLowerCase()];
}

export function severityIn(text: string): string | undefined {
  const [, digit] = /(?<![a-z0-9])(?:sev(?:erity)?|s|p|tier)[ -]?([0-5])(?!\d)/i.exec(text.slice(0, 200)) ?? [];
  if (digit !== undefined) return `SEV${digit === '0' ? '1' : digit === '5' ? '4' : digit}`;
  const [word] = /\b(critical|major|high|medium|moderate|minor|low)\b/i.exec(text.slice(0, 200)) ?? [];
  if (word === undefined) return undefined;
  const names: Readonly<Record<string, string>> = {
    critical: 'SEV1',
    major: 'SEV2',
    high: 'SEV2',
    medium: 'SEV3',
    moderate: 'SEV3',
    minor: 'SEV4',
    low: 'SEV4',
  };
  return names[word.toLowerCase()];
}

/** Reasons that Kubernetes gives look like names of alerts, and are none. */
const reasons =
  /^(CrashLoopBackOff|ImagePullBackOff|ErrImagePull|BackOff|FailedScheduling|FailedMount|FailedAttachVolume|NotReady|NodeNotReady|MemoryPressure|DiskPressure|CreateContainerConfigError|InvalidImageName|ConfigMap|StatefulSet|DaemonSet|ReplicaSet|CronJob|ExternalSecret|ClusterIssuer|ServiceAccount|PersistentVolumeClaim|PersistentVolume|VolumeAttachment|CertificateRequest|StorageClass|NetworkPolicy|HelmRelease|LoadBalancer|NodePort|GitHub|PostgreSQL|MariaDB|OpenTofu|WireGuard|JavaScript|TypeScript)$/;

/** Words of at least two humps: `KubePodCrashLooping`. */
export function alertNamesIn(text: string): readonly string[] {
  const names = text.slice(0, 20_000).match(/\b[A-Z][a-z0-9]{1,40}(?:[A-Z][A-Za-z0-9]{0,40}){1,8}\b/g) ?? [];
  return [...new Set(names)].filter((name) => !reasons.test(name)).slice(0, 20);
}
