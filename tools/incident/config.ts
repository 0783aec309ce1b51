import { z } from 'zod';
import { filePath, secretReference } from '../../src/config/fields.ts';
import { evidenceSources } from '../../src/incident/evidence.ts';
import { criticalEntry } from '../../src/incident/triage/rubric.ts';

/** What castellan.yaml says below `incident`; all of it may be left out. */
const repository = z.strictObject({
  url: z
    .string()
    .regex(/^(https:\/\/|ssh:\/\/|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:|\/)[^\0\s]+$/, 'takes https, ssh or an absolute path')
    .describe('https, ssh, or an absolute path'),
  branch: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'takes the name of a branch')
    .default('main')
    .describe('whose commits are read'),
  mirror: filePath()
    .optional()
    .describe('a folder of the daemon alone that it is mirrored to, made if missing; default: in the data directory'),
  sshKeyFile: filePath().optional().describe('a deploy key that only reads'),
  knownHostsFile: filePath().optional().describe('the host keys that are trusted; needed with ssh'),
  tokenFile: secretReference().optional().describe('a file with the password of an https remote'),
  platformStacks: z
    .array(z.string().min(1).max(200))
    .max(100)
    .default([])
    .describe('stacks whose actions are never prepared without asking'),
});

const publish = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('folder'),
    folder: filePath().describe('of this host, by its real path; each report is one Markdown file in it'),
  }),
  z.strictObject({
    kind: z.literal('change'),
    folder: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/, 'a folder of the repository')
      .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'must not go up')
      .describe('of the infra repository'),
    stack: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'a folder like stacks/docs')
      .refine((path) => !path.split('/').includes('..'), 'must not go up')
      .describe('that the change is planned with'),
  }),
]);

const serviceName = z.string().regex(/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/, 'a Service like shop/web');
const folders = z.array(filePath()).max(10).default([]);

export const incidentConfig = z.strictObject({
  repository: repository.optional().describe('the infra repository: what changed, and whether a path is there'),
  probes: z
    .strictObject({
      allow: z
        .array(z.string().min(1).max(300))
        .max(200)
        .default([])
        .describe('hosts and ranges that may be looked at: shop.example.net, 192.0.2.0/24, nas.example.net:5001'),
      dns: z
        .array(z.string().min(1).max(100))
        .max(10)
        .default([])
        .describe('name servers asked one by one: 192.0.2.53'),
      watch: z
        .array(
          z
            .string()
            .max(300)
            .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'an http or https address'),
        )
        .max(20)
        .default([])
        .describe('addresses that triage asks whether they answer; allowed above'),
    })
    .prefault({})
    .describe('what incident_gather may look at from inside, over HTTP, TLS and DNS'),
  calls: z
    .array(
      z.strictObject({
        from: serviceName.describe('who calls: shop/web'),
        to: serviceName.describe('who is called: shop/db'),
      }),
    )
    .max(500)
    .default([])
    .describe('which Service calls which, where no environment variable tells it'),
  publish: publish.optional().describe('where reports go; without it they stay drafts'),
  clockOffsets: z
    .partialRecord(z.enum(evidenceSources), z.int().min(-86_400).max(86_400))
    .default({})
    .describe('seconds by which the clock of a source is ahead of ours: { logs: 2 }'),
  documents: z
    .strictObject({
      postMortems: folders.describe('folders of past reports, Markdown or HTML'),
      knownIssues: folders.describe('folders of known issues'),
      runbooks: folders.describe('folders of runbooks'),
    })
    .prefault({})
    .describe('what the household has written already; read at start and every hour'),
  criticalPath: z
    .strictObject({
      critical: z
        .array(
          z.strictObject({
            id: criticalEntry.shape.id.describe('a word for it: tunnel'),
            domain: criticalEntry.shape.domain.describe('what it is part of'),
            workloads: criticalEntry.shape.workloads.describe('names, with * for any part: cloudflared, wireguard*'),
          }),
        )
        .max(100)
        .default([])
        .describe('what everything stands on, beside what the rubric names'),
      tierLabels: z
        .array(z.string().min(1).max(317))
        .max(20)
        .default([])
        .describe('labels of namespaces that say their tier'),
      tiers: z
        .record(z.string().min(1).max(100), z.enum(['critical', 'core', 'normal', 'optional']))
        .default({})
        .describe('what values of those labels mean: { gold: core }'),
    })
    .prefault({})
    .describe('beside the rubric of reference/severity.yaml'),
});
