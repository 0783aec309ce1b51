import { appThat, type HomelabApp, type Stack } from './model.ts';

/** Reports of what went wrong before, as this household writes them. Some action items were done, some were not. */
interface PostMortem {
  readonly daysAgo: number;
  readonly slug: string;
  readonly title: string;
  readonly severity: 'SEV1' | 'SEV2' | 'SEV3';
  readonly minutes: number;
  readonly services: readonly string[];
  readonly summary: string;
  readonly impact: string;
  readonly timeline: readonly (readonly [number, string, string])[];
  readonly rootCause: string;
  readonly actions: readonly (readonly [
    'P0' | 'P1' | 'P2',
    'Alert' | 'Config' | 'Monitor' | 'Runbook' | 'Architecture',
    string,
    'DONE' | 'TODO',
  ])[];
  readonly lessons: readonly string[];
}

function reports(stacks: readonly Stack[]): readonly PostMortem[] {
  const name = (does: string): string => appThat(stacks, does).app.name;
  const app = (does: string): HomelabApp => appThat(stacks, does).app;
  const [faces, photos, pool, login, proxy, archive, resolver, mail, broker, metrics] = [
    'face recognition',
    'photo library',
    'connection pool',
    'login',
    'reverse proxy',
    'document archive',
    'recursive resolver',
    'mail server',
    'message broker',
    'metrics',
  ].map(name);
  return [
    {
      daysAgo: 112,
      slug: 'photo-workers-killed-for-memory',
      title: 'Photo workers killed for memory after an upgrade',
      severity: 'SEV3',
      minutes: 95,
      services: [`${faces}`, `${photos}`],
      summary: `${faces} was killed for memory (OOMKilled, exit 137) on every start after version 2.3 doubled its model.`,
      impact: 'New photographs were not searchable for 95 minutes. No data was lost.',
      timeline: [
        [0, 'first OOMKilled', 'kubernetes events'],
        [40, 'noticed by hand: uploads had no faces', 'family'],
        [95, 'limit raised from 128Mi to 512Mi by Terraform', 'git'],
      ],
      rootCause: `The limit of ${faces} was the namespace default of 128Mi; the model alone takes 300 MiB.`,
      actions: [
        ['P0', 'Config', `set the memory of ${faces} explicitly, at least 512Mi`, 'DONE'],
        ['P1', 'Alert', 'alert on a container that was OOMKilled twice in ten minutes', 'TODO'],
      ],
      lessons: ['A limit below 512Mi for this app is known to crash it: do not lower it again.'],
    },
    {
      daysAgo: 98,
      slug: 'login-down-during-node-drain',
      title: 'Nobody could log in while a node was drained',
      severity: 'SEV2',
      minutes: 38,
      services: [`${login}`, `${proxy}`],
      summary: `Draining one node waited for ever on the disruption budget of ${login}; forcing it took both replicas down.`,
      impact: 'Everything behind a login answered 502 for 38 minutes.',
      timeline: [
        [0, 'drain started', 'shell history'],
        [22, 'drain forced', 'shell history'],
        [23, 'login 502', 'status page'],
        [60, 'second replica ready', 'kubernetes events'],
      ],
      rootCause: 'minAvailable equals the number of replicas, so no eviction is ever allowed.',
      actions: [
        ['P1', 'Config', `minAvailable of ${login} to one less than its replicas`, 'TODO'],
        ['P2', 'Runbook', 'drain: read ALLOWED DISRUPTIONS before starting', 'DONE'],
      ],
      lessons: ['A budget without room is an outage that waits for the next drain.'],
    },
    {
      daysAgo: 81,
      slug: 'certificate-expired-on-a-sunday',
      title: 'A certificate expired on a Sunday',
      severity: 'SEV2',
      minutes: 260,
      services: [`${photos}`],
      summary: 'The renewal had failed for three weeks on a DNS challenge, and nobody was told.',
      impact: 'Phones refused to upload for four hours.',
      timeline: [
        [0, 'certificate expired', 'probe'],
        [215, 'noticed', 'family'],
        [260, 'renewed after the API token of the zone editor was replaced', 'vault audit'],
      ],
      rootCause: 'The API token of the zone editor had been rotated; cert-manager still held the old one.',
      actions: [
        ['P0', 'Alert', 'alert when a certificate has less than 14 days left', 'TODO'],
        ['P1', 'Config', 'one ExternalSecret for the zone token instead of two copies', 'DONE'],
      ],
      lessons: ['Look at the Certificate object first: its conditions name the challenge that fails.'],
    },
    {
      daysAgo: 66,
      slug: 'connection-pool-exhausted',
      title: 'The connection pool ran out of connections',
      severity: 'SEV2',
      minutes: 52,
      services: [`${pool}`, `${archive}`, `${login}`],
      summary: `A retry loop in ${archive} held 90 connections of ${pool}; every other app timed out.`,
      impact: 'Logins and documents failed for 52 minutes.',
      timeline: [
        [0, 'first "too many clients"', 'logs'],
        [31, 'offender found by application_name', 'pg_stat_activity'],
        [52, 'app scaled to zero and back through Terraform', 'git'],
      ],
      rootCause: 'No limit per user in the pool.',
      actions: [
        ['P1', 'Config', 'max_user_connections = 20 in the pool', 'DONE'],
        ['P2', 'Monitor', 'dashboard of connections by application_name', 'TODO'],
      ],
      lessons: ['The pool reports the victim; the database reports the offender.'],
    },
    {
      daysAgo: 47,
      slug: 'resolver-answered-nothing',
      title: 'The resolver answered nothing after its blocklist grew',
      severity: 'SEV1',
      minutes: 71,
      services: [`${resolver}`],
      summary: 'A new blocklist of two million names filled the memory of both replicas at the same minute.',
      impact: 'No name could be resolved in the house; every app that looks one up failed.',
      timeline: [
        [0, 'both replicas restarted', 'kubernetes events'],
        [18, 'blamed on the network, switch restarted', 'shell history'],
        [71, 'list removed', 'git'],
      ],
      rootCause: 'Both replicas load the list at the same time, and neither had room for it.',
      actions: [
        ['P0', 'Config', 'lists are reviewed for size before they are merged', 'DONE'],
        ['P1', 'Architecture', 'replicas reload one after the other', 'TODO'],
      ],
      lessons: ['Ask the resolver itself before the switch.'],
    },
    {
      daysAgo: 33,
      slug: 'fixed-by-hand-and-reverted',
      title: 'A fix by hand was reverted by the next apply',
      severity: 'SEV2',
      minutes: 44,
      services: [`${broker}`],
      summary: `The image of ${broker} was changed with kubectl at night; the next apply put the broken one back.`,
      impact: 'Sensors were silent for 44 minutes.',
      timeline: [
        [0, 'apply of an unrelated change', 'git'],
        [9, 'broker restarted with the old image', 'kubernetes events'],
        [44, 'image changed in Terraform', 'git'],
      ],
      rootCause: 'Live and Terraform differed for three days, and no report said so.',
      actions: [
        ['P0', 'Monitor', 'nightly drift report over all stacks', 'TODO'],
        ['P1', 'Runbook', 'what was changed by hand is written into Terraform the same day', 'DONE'],
      ],
      lessons: ['The field manager of the live object says who changed it, and when.'],
    },
    {
      daysAgo: 19,
      slug: 'mail-queue-full',
      title: 'The mail queue filled its volume',
      severity: 'SEV3',
      minutes: 180,
      services: [`${mail}`],
      summary: 'A relay password that had been rotated was not picked up; the queue grew until the volume was full.',
      impact: 'Outgoing mail was three hours late.',
      timeline: [
        [0, 'relay refuses the login (535)', 'logs'],
        [150, 'volume full', 'metrics'],
        [180, 'pod restarted with the new password', 'kubernetes events'],
      ],
      rootCause: 'The app reads its secret at start only, and nothing restarts it when the secret changes.',
      actions: [
        ['P1', 'Config', `restart ${mail} when its secret changes`, 'TODO'],
        ['P2', 'Alert', 'alert on a volume that is 80% full', 'DONE'],
      ],
      lessons: ['Compare when the secret was refreshed with when the pod was started.'],
    },
    {
      daysAgo: 11,
      slug: 'metrics-lost-after-restore',
      title: 'A week of metrics lost',
      severity: 'SEV3',
      minutes: 30,
      services: [`${metrics}`, `${app('database backup store').name}`],
      summary: 'A restore of the database volume was started with the wrong claim name and overwrote the metrics.',
      impact: 'Metrics of seven days are gone. They are not backed up, on purpose.',
      timeline: [
        [0, 'restore started', 'shell history'],
        [12, 'wrong claim noticed', 'shell history'],
      ],
      rootCause: 'The restore script takes a claim name without its namespace.',
      actions: [
        ['P1', 'Runbook', 'restore: name the namespace, and read the claim back before starting', 'DONE'],
        ['P2', 'Config', 'resume the nightly backup of the database store once it has moved', 'TODO'],
      ],
      lessons: ['While the store moves, its backup is suspended: somebody must switch it on again.'],
    },
  ];
}

/** File name → Markdown. */
export function postMortemFiles(
  stacks: readonly Stack[],
  now: Date,
): ReadonlyMap<string, { readonly daysAgo: number; readonly text: string }> {
  return new Map(
    reports(stacks).map((report) => {
      const begun = new Date(now.getTime() - report.daysAgo * 86_400_000);
      const file = `docs/post-mortems/${begun.toISOString().slice(0, 10)}-${report.slug}.md`;
      return [file, { daysAgo: report.daysAgo - 1, text: render(report, begun) }];
    }),
  );
}

function render(report: PostMortem, begun: Date): string {
  const at = (minute: number): string => `${new Date(begun.getTime() + minute * 60_000).toISOString().slice(0, 16)}Z`;
  return `# ${report.title}

| | |
|---|---|
| Date | ${begun.toISOString().slice(0, 10)} |
| Severity | ${report.severity} |
| Duration | ${report.minutes} min |
| Services | ${report.services.join(', ')} |
| Status | resolved |

## Summary

${report.summary}

## Impact

${report.impact}

## Timeline (UTC)

| Time | Event | Source |
|---|---|---|
${report.timeline.map(([minute, event, source]) => `| ${at(minute)} | ${event} | ${source} |`).join('\n')}

## Root cause

${report.rootCause}

## Action items

| Priority | Type | Action | Status |
|---|---|---|---|
${report.actions.map(([priority, type, action, status]) => `| ${priority} | ${type} | ${action} | ${status} |`).join('\n')}

## Lessons

${report.lessons.map((lesson) => `- ${lesson}`).join('\n')}
`;
}
