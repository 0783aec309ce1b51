import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openApi } from '../lab/api.ts';
import { openCache } from '../lab/cache.ts';
import { runningLab } from '../lab/env.ts';
import { canary } from '../lab/sample/canaries.ts';
import { recordedKinds } from './kinds.ts';
import { shapeOf } from './shape.ts';

/**
 * Records the lab's API server for the unit tests: `npm run lab -- up && node test/recorded/record.ts [LAB]`. Only some kinds
 * and some objects are kept. Every secret the lab planted is replaced by `{{canary:n}}`; the recorded API fills in fresh
 * values each time it opens, so none is ever in a file.
 */
const mostOfAKind = 20;

const item = z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }) });
type Item = z.infer<typeof item>;
const list = z.object({ kind: z.string(), apiVersion: z.string(), items: z.array(item) });
const discoveryShape = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string().optional() }),
      versions: z.array(
        z.looseObject({ version: z.string(), resources: z.array(z.looseObject({ resource: z.string() })) }),
      ),
    }),
  ),
});

const name = process.argv[2] ?? 'default';
const lab = runningLab(openCache(), name);
if (lab === undefined) throw new Error(`lab ${name} is not up: npm run lab -- up --name ${name}`);
const planted = z.array(canary).parse(JSON.parse(readFileSync(lab.path('canaries.json'), 'utf8')));
const folder = join(import.meta.dirname, 'kubernetes');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
using api = openApi(lab);

for (const [path, resources] of Object.entries(recordedKinds)) {
  for (const resource of resources) {
    const { items, ...head } = list.parse(await api.get(`${path}/${resource}`));
    const kept = chosen(items).map((one) => conceal(JSON.stringify(one)));
    const opening = JSON.stringify({ path, resource, kind: head.kind, apiVersion: head.apiVersion });
    writeFileSync(join(folder, `${resource}.json`), `{"list":${opening},\n"items":[\n${kept.join(',\n')}\n]}\n`);
  }
}
const documents = {
  '/api': await discovery('/api'),
  '/apis': await discovery('/apis'),
  '/version': await api.get('/version'),
};
writeFileSync(join(folder, 'discovery.json'), `${JSON.stringify(documents, null, 1)}\n`);
writeFileSync(join(folder, 'shape.json'), `${JSON.stringify(await shapeOf(api), null, 1)}\n`);

/** Planted secrets, and their base64 in Secrets, become places for fresh ones. */
function conceal(text: string): string {
  return planted.reduce((concealed, { value }, index) => {
    const written = JSON.stringify(value).slice(1, -1);
    return concealed
      .replaceAll(written, `{{canary:${index}}}`)
      .replaceAll(JSON.stringify(written).slice(1, -1), `{{canary:${index}}}`)
      .replaceAll(Buffer.from(value).toString('base64'), `{{canary-base64:${index}}}`);
  }, text);
}

/** What is in trouble or holds a planted secret is kept first, then the homelab's own. */
function chosen(items: readonly Item[]): readonly Item[] {
  const trouble =
    /"type":"(?:Ready|PodScheduled)"[^}]*"status":"False"|"phase":"Failed"|"deletionTimestamp"|"suspend":true/;
  const rank = (one: Item): number => {
    const text = conceal(JSON.stringify(one));
    if (trouble.test(text)) return 0;
    if (text.includes('{{canary')) return 1;
    return text.includes('"app.kubernetes.io/managed-by":"terraform"') ? 2 : 3;
  };
  return items
    .filter(({ metadata }) => !/^kube-|^system:|^castellan/.test(metadata.namespace ?? metadata.name))
    .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, mostOfAKind)
    .map((one, index) => (index < 2 ? one : { ...one, metadata: { ...one.metadata, managedFields: [] } }));
}

/** Discovery of the recorded kinds alone, in the server's own form. */
async function discovery(path: '/api' | '/apis'): Promise<object> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const answer = discoveryShape.parse(await api.get(path, accept));
  const items = answer.items
    .map((group) => ({
      ...group,
      versions: group.versions
        .map((version) => {
          const { name: groupName = '' } = group.metadata;
          const kept = recordedKinds[groupName === '' ? '/api/v1' : `/apis/${groupName}/${version.version}`] ?? [];
          return { ...version, resources: version.resources.filter(({ resource }) => kept.includes(resource)) };
        })
        .filter(({ resources }) => resources.length > 0),
    }))
    .filter(({ versions }) => versions.length > 0);
  return { ...answer, items };
}
