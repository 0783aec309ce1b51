import { createRandom } from '../../src/redaction/fixtures/random.ts';
import { type GivenDocument, proveBench } from './data.ts';
import type { Outage, Telling } from './outage.ts';
import { outages } from './outages.ts';

/**
 * A household's archive, the same every time: reports with all that reports have beside their point (timelines, promises,
 * lessons that fit anything), and two hundred documents about the same services that tell of no outage.
 */
export function sampleBench(): ReturnType<typeof proveBench> {
  const random = createRandom(10);
  const pick: Pick = (list) => random.pick(list);
  const reports: GivenDocument[] = [];
  outages.forEach((outage, index) => {
    const first = reportOf(outage.first, `o${index}-first`, dayOf(index * 7), pick);
    reports.push({ ...first, queries: [{ text: outage.asked, relevant: relevantOf(outage, index) }] });
    if (outage.again === undefined) return;
    reports.push({
      ...reportOf(outage.again, `o${index}-again`, dayOf(300 + index * 7), pick),
      recurs: [`o${index}-first`],
    });
  });
  const services = [...new Set(outages.flatMap(({ first, again }) => [...first.services, ...(again?.services ?? [])]))];
  const others = Array.from({ length: 200 }, (_, index) => otherOf(index, services, pick));
  return proveBench([...reports, ...others]);
}

function relevantOf({ again }: Outage, index: number): string[] {
  return again === undefined ? [`o${index}-first`] : [`o${index}-first`, `o${index}-again`];
}

function dayOf(days: number): string {
  return new Date(Date.UTC(2025, 0, 5) + days * 86_400_000).toISOString();
}

type Pick = <One>(list: readonly One[]) => One;

const noticed = ['noticed by hand', 'somebody of the family asked', 'an alert fired', 'seen on the status page'];
const tried = [
  'pods were restarted, without effect',
  'the network was blamed first',
  'the node was rebooted, which changed nothing',
  'the last release was rolled back, without effect',
];
const promised = [
  '| P1 | Alert | alert when it happens again |',
  '| P2 | Runbook | write down how it was fixed |',
  '| P2 | Monitor | probe the outcome and not the call |',
  '| P1 | Config | set limits explicitly |',
  '| P3 | Architecture | a second replica |',
];
const learned = [
  'Look at the events before the dashboards.',
  'A green monitor says what it measures and no more.',
  'What is changed by hand is lost.',
  'Restarting hides causes.',
  'One thing at a time.',
];

function reportOf(told: Telling, id: string, at: string, pick: Pick): GivenDocument {
  const text = `# ${told.title}

| | |
|---|---|
| Date | ${at.slice(0, 10)} |
| Severity | ${pick(['SEV1', 'SEV2', 'SEV3'])} |
| Services | ${told.services.join(', ')} |

## Summary

${told.symptom}

## Impact

It lasted ${20 + id.length * 7} minutes. ${pick(['No data was lost.', 'Some data was late.', 'Nobody outside noticed.'])}

## Timeline (UTC)

| Time | Event | Source |
|---|---|---|
| ${at.slice(0, 11)}08:00Z | ${pick(noticed)} | family |
| ${at.slice(0, 11)}08:20Z | ${pick(tried)} | shell history |
| ${at.slice(0, 11)}09:05Z | service restored | events |

## Root cause

${told.cause}

## Resolution

${told.fix}

## Action items

| Priority | Type | Action |
|---|---|---|
${[pick(promised), pick(promised)].join('\n')}

## Lessons

- ${pick(learned)}
- ${pick(learned)}
`;
  return { id, at, title: told.title, text, services: [...told.services] };
}

const kinds = ['Runbook', 'Plan', 'Decision', 'Notes'];
const topics = [
  'restore a claim',
  'rotate a password',
  'renew certificates',
  'drain a node',
  'grow a volume',
  'move the database',
  'upgrade the proxy',
  'clean the registry',
  'change DNS records',
  'add a camera',
  'set memory limits',
  'test a backup',
  'replace a disk',
  'read the logs',
  'unseal the secret store',
  'silence an alert',
  'pull an image by digest',
  'check the clock',
];
const steps = [
  'Read the events of the pod and its last log lines.',
  'Check that the volume is bound and mounted.',
  'Look for OOMKilled and exit 137.',
  'See whether the certificate has expired.',
  'Restart the deployment when nothing else helps.',
  'Ask the resolver from inside the cluster.',
  'Compare the live image with the one in Terraform.',
  'Count the connections of the database.',
  'Make sure that the backup is newer than a day.',
  'Drain the node and wait until pods are gone.',
  'Look at the dashboards for errors and timeouts.',
  'If login fails with 502, look at both replicas.',
  'Unmount the share before the server is changed.',
  'The webhook must be up before pods can be created.',
  'Nothing is written while the file system is read-only.',
  'Mail that is late lies in the queue.',
];

function otherOf(index: number, services: readonly string[], pick: Pick): GivenDocument {
  const kind = pick(kinds);
  const topic = pick(topics);
  const service = pick(services);
  const own = Array.from({ length: 6 }, () => `- ${pick(steps)}`);
  return {
    id: `d${index}`,
    kind: 'other',
    title: `${kind}: ${topic} (${service})`,
    text: `# ${kind}: ${topic} (${service})\n\nFor ${service} and ${pick(services)}.\n\n## Steps\n\n${own.join('\n')}\n`,
  };
}
