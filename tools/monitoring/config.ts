import { z } from 'zod';
import { filePath, secretReference } from '../../src/config/fields.ts';
import { isServerUrl } from '../../src/monitoring/sender.ts';

/** What castellan.yaml says below `monitoring`. Tokens stand in files; no field takes one. */
const server = {
  url: z
    .string()
    .max(300)
    .refine(isServerUrl, 'http or https, a host, and at most a path: https://metrics.example.net/prometheus')
    .describe('where it answers'),
  caFile: filePath().optional().describe('PEM of the authority that signed its certificate'),
  tokenFile: secretReference().optional().describe('a file with a bearer token, readable by the daemon alone'),
  plainHttp: z.boolean().default(false).describe('send the token over http:// beyond loopback: inside a cluster'),
};

const labelName = z.string().regex(/^[a-zA-Z_][\w]{0,99}$/, 'the name of a label');

export const monitoringConfig = z.strictObject({
  prometheus: z.strictObject(server).optional().describe('Prometheus, or what answers its API'),
  alertmanager: z.strictObject(server).optional().describe('what fires, is inhibited, is silenced'),
  loki: z
    .strictObject({
      ...server,
      tenant: z
        .string()
        .regex(/^[\w.!()*'-]{1,150}$/, 'the name of a tenant')
        .optional()
        .describe('X-Scope-OrgID, where Loki has tenants'),
      labels: z
        .strictObject({
          namespace: labelName.default('namespace').describe('of the namespace'),
          pod: labelName.default('pod').describe('of the pod'),
          container: labelName.default('container').describe('of the container'),
        })
        .default({ namespace: 'namespace', pod: 'pod', container: 'container' })
        .describe('what the log shipper calls them'),
    })
    .optional()
    .describe('logs, also of pods that are gone'),
});
