import { z } from 'zod';
import { imageOf } from './hcl.ts';
import { appThat, claimName, hostOf, type Stack, secretName, vaultPath } from './model.ts';

/** What is wrong in the homelab on purpose, and what an answer to the question must say. Written to `homelab-key.json`. */
export const plantedFault = z.strictObject({
  id: z.string(),
  question: z.string(),
  /** Where it shows. */
  object: z.strictObject({ kind: z.string(), namespace: z.string(), name: z.string() }),
  /** Words without which the answer is wrong or incomplete. */
  must: z.array(z.string()).min(1),
  because: z.string(),
});
export type PlantedFault = z.infer<typeof plantedFault>;

/** The image somebody put into the live object by hand; Terraform knows another. */
export const tagByHand = '2.9.0';

export function plantedFaults(stacks: readonly Stack[]): readonly PlantedFault[] {
  const find = (does: string) => {
    const { stack, app } = appThat(stacks, does);
    const at = (kind: string, name = app.name) => ({ kind, namespace: app.namespace, name });
    return { stack, app, at, file: `stacks/${stack.name}/main.tf` };
  };
  const faces = find('face recognition');
  const text = find('text recognition');
  const bank = find('bank import');
  const requests = find('request page');
  const archive = find('document archive');
  const zone = find('zone editor');
  const broker = find('message broker');
  const login = find('login');
  const webmail = find('webmail');
  const store = find('database backup store');
  return [
    {
      id: 'memory-limit-too-low',
      question: `Why does ${faces.app.name} restart all the time?`,
      object: faces.at('Deployment'),
      must: [faces.app.name, 'OOMKilled', '128Mi', faces.file],
      because: 'two hours ago the limit went from 512Mi to 128Mi; a post-mortem says that this crashes it',
    },
    {
      id: 'image-does-not-exist',
      question: `Why is ${text.app.name} not running?`,
      object: text.at('Deployment'),
      must: [text.app.name, 'ImagePullBackOff', imageOf(text.stack, text.app)],
      because: 'yesterday its version was raised to one that was never pushed',
    },
    {
      id: 'secret-key-missing',
      question: `Why does ${bank.app.name} have no webhook key?`,
      object: bank.at('ExternalSecret', secretName(bank.app)),
      must: [secretName(bank.app), 'webhook_signing_key', vaultPath(bank.stack, bank.app)],
      because: 'the path in Vault has no such key, so the ExternalSecret cannot be synced',
    },
    {
      id: 'route-without-service',
      question: `Why does ${hostOf(requests.app)} answer 404?`,
      object: requests.at('IngressRoute'),
      must: [hostOf(requests.app), 'requests-web'],
      because: 'the route leads to a service that does not exist',
    },
    {
      id: 'claim-without-backup',
      question: 'Which data has no backup?',
      object: archive.at('PersistentVolumeClaim', claimName(archive.app)),
      must: [claimName(archive.app), archive.app.namespace],
      because: 'no CronJob copies this claim; the other one without a backup is a known issue',
    },
    {
      id: 'certificate-expires',
      question: 'Which certificates run out this week?',
      object: zone.at('Certificate'),
      must: [zone.app.name, hostOf(zone.app)],
      because: 'it has three days left and its renewal fails on the DNS challenge',
    },
    {
      id: 'changed-by-hand',
      question: 'What was changed by hand, past Terraform?',
      object: broker.at('Deployment'),
      must: [broker.app.name, tagByHand, broker.app.tag],
      because: 'its image was changed with kubectl; the next apply puts the old one back',
    },
    {
      id: 'drain-blocked',
      question: 'Can a node be drained?',
      object: login.at('PodDisruptionBudget'),
      must: [login.app.name, login.app.namespace],
      because: 'minAvailable equals the replicas, so no eviction is ever allowed',
    },
    {
      id: 'quota-full',
      question: `Why has ${webmail.app.name} fewer replicas than it should?`,
      object: webmail.at('Deployment'),
      must: [webmail.app.name, 'quota', webmail.app.namespace],
      because: 'the third pod would exceed the memory quota of the namespace',
    },
    {
      id: 'backup-suspended',
      question: 'Which backups did not run?',
      object: store.at('CronJob', `${store.app.name}-backup`),
      must: [`${store.app.name}-backup`, 'suspend'],
      because: 'it was suspended nine days ago and never switched on again; the known issue is past its review date',
    },
  ];
}
