import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LabEnv } from '../test/lab/lab-env.ts';

const kubeconfig = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.string() }) }))
    .min(1),
  users: z.array(z.object({ user: z.object({ token: z.string() }) })).min(1),
});
const pods = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** The API server with nothing in between: what a list costs whoever reads it. */
export function rawGet(lab: LabEnv) {
  const { clusters, users } = kubeconfig.parse(parse(readFileSync(lab.kubeconfig.castellan, 'utf8')));
  const [cluster] = clusters;
  const ca = Buffer.from(cluster?.cluster['certificate-authority-data'] ?? '', 'base64').toString();
  const dispatcher = new Agent({ connect: { ca } });
  const get = async (path: string) => {
    const begun = performance.now();
    const { body } = await dispatcher.request({
      origin: cluster?.cluster.server ?? '',
      path,
      method: 'GET',
      headers: { authorization: `Bearer ${users[0]?.user.token ?? ''}` },
    });
    const text = await body.text();
    const value: unknown = JSON.parse(text);
    return { ms: performance.now() - begun, bytes: Buffer.byteLength(text), value };
  };
  return {
    pods: () => get('/api/v1/pods'),
    podOf: async (namespace: string, selector: string): Promise<string> => {
      const { value } = await get(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`);
      return pods.parse(value).items[0]?.metadata.name ?? '';
    },
  };
}
