import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openApi } from '../lab/api.ts';
import { openCache } from '../lab/cache.ts';
import { runningLab } from '../lab/env.ts';
import { canary } from '../lab/sample/canaries.ts';
import { summary } from '../lab/sample/summary.ts';
import { choose, type Item, item, type Listed } from './choice.ts';
import { collectionName, recordedKinds } from './kinds.ts';
import { recordLogs } from './record-logs.ts';
import { recordSchemas } from './record-schemas.ts';
import { shapeOf } from './shape.ts';

/**
 * Records the lab's API server for the unit tests: `npm run lab -- up && node test/recorded/record.ts [LAB]`. Only some kinds
 * and some objects are kept. Every secret the lab planted is replaced by `{{canary:n}}`; the recorded API fills in fresh
 * values each time it opens, so none is ever in a file.
 */
const list = z.object({ kind: z.string(), apiVersion: z.string(), items: z.array(item) });
const table = z.object({
  columnDefinitions: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  rows: z.array(z.object({ cells: z.array(z.unknown()), object: item })).nullish(),
});
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
const { namespaces } = summary.parse(JSON.parse(readFileSync(lab.path('sample.json'), 'utf8')));
const folder = join(import.meta.dirname, 'kubernetes');
using api = openApi(lab);

const at = new Date().toISOString();
const lists: (Listed & { readonly head: object })[] = [];
for (const [path, resources] of Object.entries(recordedKinds)) {
  for (const resource of resources) {
    const { items, ...head } = list.parse(await api.get(`${path}/${resource}`));
    lists.push({ path, resource, items, head });
  }
}
const foreign = lists
  .flatMap(({ items }) => items.map(({ metadata }) => metadata.namespace ?? ''))
  .filter((namespace) => !namespaces.includes(namespace) && !/^(?:|default|castellan|kube-.*)$/.test(namespace));
if (foreign.length > 0) throw new Error(`the lab holds more than its sample: ${[...new Set(foreign)].join(', ')}`);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'objects'), { recursive: true });
const chosen = choose(lists, (text) => conceal(text) !== text);
for (const listed of lists) {
  const { path, resource, head } = listed;
  const kept = chosen(listed);
  const printed = await printedOf(`${path}/${resource}`, kept);
  const opening = `"list":${JSON.stringify({ path, resource, ...head })},\n"columns":${JSON.stringify(printed.columns)}`;
  const objects = kept.map((one, index) => conceal(JSON.stringify(trimmed(one, index))));
  const cells = Object.entries(printed.cells).map(([place, row]) =>
    conceal(`${JSON.stringify(place)}:${JSON.stringify(row)}`),
  );
  write(
    `objects/${collectionName(path, resource)}.json`,
    `{${opening},\n"cells":{\n${cells.join(',\n')}\n},\n"items":[\n${objects.join(',\n')}\n]}\n`,
  );
}
const pods = chosen(
  lists.find(({ path, resource }) => path === '/api/v1' && resource === 'pods') ?? {
    path: '',
    resource: '',
    items: [],
  },
);
write('logs.json', conceal(await recordLogs(api, pods)));
write('schemas.json', await recordSchemas(api));
const documents = {
  '/api': await discovery('/api'),
  '/apis': await discovery('/apis'),
  '/version': await api.get('/version'),
};
write('discovery.json', `${JSON.stringify({ at, documents }, null, 1)}\n`);
write('shape.json', `${JSON.stringify(await shapeOf(api), null, 1)}\n`);

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

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

/** What managed an object is long: two of a kind keep it. The schemas of kinds installed later are left out. */
function trimmed(one: Item, index: number): Item {
  const versions = z
    .looseObject({ spec: z.looseObject({ versions: z.array(z.looseObject({ schema: z.unknown() })) }) })
    .safeParse(one);
  const spec = versions.success
    ? {
        spec: {
          ...versions.data.spec,
          versions: versions.data.spec.versions.map(({ schema: _left, ...kept }) => kept),
        },
      }
    : {};
  return index < 2 && !versions.success ? one : { ...one, ...spec, metadata: { ...one.metadata, managedFields: [] } };
}

/** The columns and cells the server itself prints, without the descriptions of columns. */
async function printedOf(
  path: string,
  kept: readonly Item[],
): Promise<{ columns: object[]; cells: Record<string, unknown[]> }> {
  const placeOf = ({ metadata }: Item): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const places = new Set(kept.map(placeOf));
  const { columnDefinitions, rows } = table.parse(await api.get(path, 'application/json;as=Table;g=meta.k8s.io;v=v1'));
  return {
    columns: columnDefinitions.map((column) => ({ ...column, description: '' })),
    cells: Object.fromEntries(
      (rows ?? []).map(({ cells, object }) => [placeOf(object), cells] as const).filter(([place]) => places.has(place)),
    ),
  };
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
