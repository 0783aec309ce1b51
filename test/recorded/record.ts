import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Records the lab's API server for the unit tests: `npm run lab -- up && node test/recorded/record.ts`. Only some kinds and
 * some objects are kept. Every secret the lab planted is replaced by `{{canary:n}}`; the recorded API fills in fresh
 * values each time it opens, so none is ever in a file.
 */
const kinds: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': [
    'configmaps',
    'events',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'pods',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  '/apis/apps/v1': ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  '/apis/batch/v1': ['cronjobs', 'jobs'],
  '/apis/rbac.authorization.k8s.io/v1': ['clusterroles'],
};

/** Enough of each to page through, few enough to review. */
const mostOfAKind = 16;

interface Item {
  kind?: string;
  apiVersion?: string;
  metadata: { name: string; namespace?: string; managedFields?: unknown };
}
interface List {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion: string };
  items: Item[];
}
interface LabEnv {
  readonly kubeconfig: { readonly admin: string };
  readonly canaries: string;
  readonly kubectl: string;
}

const lab: LabEnv = JSON.parse(execFileSync('npm', ['run', '-s', 'lab', '--', 'env', '--json'], { encoding: 'utf8' }));
const canaries: readonly { readonly value: string }[] = JSON.parse(readFileSync(lab.canaries, 'utf8'));
const folder = join(import.meta.dirname, 'kubernetes');
mkdirSync(folder, { recursive: true });

const raw = (path: string): string =>
  execFileSync(lab.kubectl, ['--kubeconfig', lab.kubeconfig.admin, 'get', '--raw', path], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

/** Planted secrets, and their base64 in Secrets, become places for fresh ones. */
const conceal = (text: string): string =>
  canaries.reduce(
    (concealed, { value }, index) =>
      concealed
        .replaceAll(value, `{{canary:${index}}}`)
        .replaceAll(Buffer.from(value).toString('base64'), `{{canary-base64:${index}}}`),
    text,
  );

/** What is in trouble or holds a planted secret is kept first, then what comes first. */
const chosen = (list: List): Item[] => {
  const telling = (item: Item): number => {
    const text = conceal(JSON.stringify(item));
    const trouble = /"type":"(?:Ready|PodScheduled)"[^}]*"status":"False"|"phase":"Failed"|"deletionTimestamp"/;
    if (trouble.test(text)) return 0;
    return text.includes('{{canary') ? 1 : 2;
  };
  const kept = list.items
    .filter((item) => !/^kube-|^system:|^castellan/.test(item.metadata.namespace ?? item.metadata.name))
    .filter((item) => item.metadata.name !== 'kube-root-ca.crt')
    .sort((a, b) => telling(a) - telling(b))
    .slice(0, mostOfAKind);
  return kept.map((item, index) => (index < 2 ? item : { ...item, metadata: { ...item.metadata, managedFields: [] } }));
};

for (const [prefix, resources] of Object.entries(kinds)) {
  for (const resource of resources) {
    const list: List = JSON.parse(raw(`${prefix}/${resource}`));
    const items = chosen(list)
      .map((item) => conceal(JSON.stringify(item)))
      .join(',\n');
    const head = JSON.stringify({ path: prefix, resource, kind: list.kind, apiVersion: list.apiVersion });
    writeFileSync(join(folder, `${resource}.json`), `{"list":${head},\n"items":[\n${items}\n]}\n`);
  }
}

/** Discovery of the recorded kinds alone, in the server's own form. */
const discovery = (path: '/api' | '/apis'): unknown => {
  const answer: {
    items: { metadata: { name?: string }; versions: { version: string; resources: { resource: string }[] }[] }[];
  } = JSON.parse(aggregated(path));
  const items = answer.items
    .map((group) => ({
      ...group,
      versions: group.versions
        .map((version) => {
          const name = group.metadata.name ?? '';
          const kept = kinds[name === '' ? '/api/v1' : `/apis/${name}/${version.version}`] ?? [];
          return { ...version, resources: version.resources.filter(({ resource }) => kept.includes(resource)) };
        })
        .filter(({ resources }) => resources.length > 0),
    }))
    .filter(({ versions }) => versions.length > 0);
  return { ...answer, items };
};

/** kubectl cannot ask for another representation, so it only opens the door. */
function aggregated(path: string): string {
  const accept = 'Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const config = JSON.parse(
    execFileSync(
      lab.kubectl,
      ['--kubeconfig', lab.kubeconfig.admin, 'config', 'view', '--raw', '--flatten', '-o', 'json'],
      {
        encoding: 'utf8',
      },
    ),
  );
  const user = config.users[0].user;
  const files: Record<string, string> = {
    ca: config.clusters[0].cluster['certificate-authority-data'],
    cert: user['client-certificate-data'],
    key: user['client-key-data'],
  };
  const inline = Object.entries(files).map(([name, data]) => [name, Buffer.from(data, 'base64').toString('utf8')]);
  const script = `
    const https = await import('node:https');
    const { ca, cert, key, url, accept } = JSON.parse(process.argv[1]);
    https.get(url, { ca, cert, key, headers: { accept } }, (res) => res.pipe(process.stdout));`;
  const input = {
    ...Object.fromEntries(inline),
    url: `${config.clusters[0].cluster.server}${path}`,
    accept: accept.slice(8),
  };
  return execFileSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(input)], {
    encoding: 'utf8',
  });
}

writeFileSync(
  join(folder, 'discovery.json'),
  `${JSON.stringify({ '/api': discovery('/api'), '/apis': discovery('/apis'), '/version': JSON.parse(raw('/version')) }, null, 1)}\n`,
);
