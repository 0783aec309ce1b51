import { stringify } from 'yaml';
import { claimName, everyApp, hostOf, type Stack, secretName, vaultPath } from './model.ts';

/** What the household has written down about itself: catalogue, addresses, storage, known issues, runbooks. Path → text. */
export function documents(stacks: readonly Stack[]): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', readme(stacks)],
    ['docs/services.yaml', services(stacks)],
    ['docs/network.md', network(stacks)],
    ['docs/storage.md', storage(stacks)],
    ['docs/known-issues.yaml', knownIssues(stacks)],
    ['docs/conventions.md', conventions],
    ['docs/runbooks/restore-a-claim.md', runbook('Restore a claim', restore)],
    ['docs/runbooks/rotate-a-secret.md', runbook('Rotate a secret', rotate)],
    ['docs/runbooks/renew-a-certificate.md', runbook('Renew a certificate', renew)],
    ['docs/runbooks/state-lock.md', runbook('A state lock that stays', stateLock)],
    ['docs/runbooks/bootstrap.md', runbook('Start from nothing', bootstrap)],
  ]);
}

function readme(stacks: readonly Stack[]): string {
  const rows = stacks.map(
    ({ name, tier, about, namespaces }) => `| ${name} | ${tier} | ${namespaces.join(', ')} | ${about} |`,
  );
  return `# The house

Everything that runs here is in \`stacks/\`, one folder a stack, applied with Terragrunt. Nothing is changed by hand: the next
apply would put it back.

| stack | tier | namespaces | what |
|---|---|---|---|
${rows.join('\n')}

Tier 0 keeps its state in \`state/\`, encrypted by sops; tier 1 in Postgres, one schema a stack. Secrets are in Vault and
nowhere else. [Conventions](docs/conventions.md) · [services](docs/services.yaml) · [addresses](docs/network.md) ·
[storage](docs/storage.md) · [known issues](docs/known-issues.yaml) · [runbooks](docs/runbooks) ·
[post-mortems](docs/post-mortems)
`;
}

function services(stacks: readonly Stack[]): string {
  return stringify({
    services: everyApp(stacks).map(({ stack, app }) => ({
      name: app.name,
      does: app.does,
      stack: stack.name,
      namespace: app.namespace,
      tier: stack.limits,
      replicas: app.replicas,
      ...(app.route === undefined ? {} : { url: `https://${hostOf(app)}`, login: app.route.protected }),
      ...(app.secretKeys === undefined ? {} : { vault: `secret/${vaultPath(stack, app)}`, secret: secretName(app) }),
      ...(app.claim === undefined ? {} : { claim: claimName(app), size: app.claim.size, backup: app.claim.backup }),
    })),
  });
}

function network(stacks: readonly Stack[]): string {
  const routed = everyApp(stacks).filter(({ app }) => app.route !== undefined);
  return `# Addresses and names

| address | what |
|---|---|
| 192.0.2.1 | router, DHCP |
| 192.0.2.10 | hypervisor |
| 192.0.2.21 – 192.0.2.23 | nodes |
| 192.0.2.53 | resolver |
| 192.0.2.80 | reverse proxy |
| 192.0.2.90 | backup host (backup.example.net) |
| 192.0.2.100 – 192.0.2.199 | handed out by DHCP |

| name | leads to | login |
|---|---|---|
${routed.map(({ app }) => `| ${hostOf(app)} | 192.0.2.80 | ${app.route?.protected === true ? 'single sign-on' : 'its own'} |`).join('\n')}
| vault.example.net | 192.0.2.80 | its own |
`;
}

function storage(stacks: readonly Stack[]): string {
  const claims = everyApp(stacks).filter(({ app }) => app.claim !== undefined);
  return `# Storage

\`lab-disk\` is the one class: local disks, one writer, not copied anywhere. What must survive a disk has a nightly backup to
backup.example.net. Three copies, two kinds of media, one outside the house.

| claim | namespace | size | backup |
|---|---|---|---|
${claims.map(({ app }) => `| ${claimName(app)} | ${app.namespace} | ${app.claim?.size} | ${app.claim?.backup} |`).join('\n')}
`;
}

function knownIssues(stacks: readonly Stack[]): string {
  const metrics = everyApp(stacks).find(({ app }) => app.does === 'metrics');
  return stringify({
    'known-issues': [
      {
        id: 'KI-01',
        symptom: `claim ${metrics === undefined ? '' : claimName(metrics.app)} has no backup`,
        cause: 'metrics are measured again; keeping them would cost more than they are worth',
        mitigation: 'none wanted',
        'review-by': '2027-06-30',
      },
      {
        id: 'KI-02',
        symptom: 'the Watchdog alert always fires',
        cause: 'it shows that alerts arrive at all',
        mitigation: 'worry when it stops',
        'review-by': '2027-12-31',
      },
      {
        id: 'KI-03',
        symptom: 'the backup of the database store is suspended',
        cause: 'the store moves to another disk',
        mitigation: 'switch it on again afterwards',
        'un-mitigate-when': 'the store has moved',
        'review-by': '2026-11-01',
      },
    ],
  });
}

const conventions = `# Conventions

1. Terraform only. What was changed by hand is written into Terraform the same day.
2. Every container says how much memory it takes; request and limit are the same. No CPU limits.
3. An image has a version, never \`latest\`.
4. A route goes through \`ingress_factory\` and is behind the login, unless the app has one of its own and a comment says so.
5. A claim has a nightly backup, or stands in the known issues.
6. A secret is in Vault, reaches an app through an ExternalSecret, and is in no file of this repository.
7. minAvailable is less than replicas.
8. Whoever changes a stack changes its documents in the same commit.
`;

const restore = [
  'Read which claim, in which namespace; read it back to somebody.',
  'Find the newest copy on backup.example.net: one folder a namespace, one a claim.',
  'Scale the app to zero in Terraform and apply.',
  'Copy the folder back with a job that mounts the claim.',
  'Scale the app up again and look at its log before its page.',
];
const rotate = [
  'Write the new value to Vault as a new version; never edit a Secret.',
  'Wait for the ExternalSecret to say SecretSynced with a newer refreshTime.',
  'Restart the apps that read it at start only: mail server, login.',
  'Look for 401 and 535 in the logs of the next ten minutes.',
];
const renew = [
  'Read the conditions of the Certificate; the message names the challenge that fails.',
  'Check the API token of the zone editor: rotated lately?',
  'Never delete the Certificate: its Secret goes with it.',
];
const stateLock = [
  'Find out who holds it: the lock names host, user and time.',
  'Ask them. A plan that still runs is not a stale lock.',
  'Only a human removes a lock, and writes down why.',
];
const bootstrap = [
  'Stacks in this order: ingress, dns, secrets, databases, identity, the rest.',
  'The first apply of secrets needs a Vault token by hand: the operator is not there yet.',
  'State of tier 0 is decrypted from state/ with the age key in the safe.',
];

function runbook(title: string, steps: readonly string[]): string {
  return `# ${title}\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}\n`;
}
