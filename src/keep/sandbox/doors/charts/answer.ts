import { type AllowedChart, archiveName, indexOf, type Repository, readArchive } from './catalogue.ts';
import { artifactOf, manifestType, tagOf } from './registry.ts';

export interface Answer {
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest?: string;
}

/** What a repository answers to a path, of what is allowed and nothing else. Undefined: there is no such thing. */
export async function answerFrom(
  directory: string,
  repositories: readonly Repository[],
  path: string,
): Promise<Answer | undefined> {
  for (const repository of repositories) {
    const found = await (repository.kind === 'http' ? fileOf : artifactPart)(directory, repository, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function fileOf(directory: string, repository: Repository, path: string): Promise<Answer | undefined> {
  if (path === `${repository.path}/index.yaml`)
    return { type: 'application/yaml', bytes: Buffer.from(indexOf(repository)) };
  const chart = repository.charts.find((one) => path === `${repository.path}/${archiveName(one)}`);
  const bytes = chart === undefined ? undefined : await readArchive(directory, repository, chart);
  return bytes === undefined ? undefined : { type: 'application/gzip', bytes };
}

async function artifactPart(directory: string, repository: Repository, path: string): Promise<Answer | undefined> {
  if (path === '/v2/' || path === '/v2') return { type: 'application/json', bytes: Buffer.from('{}') };
  const [, place, what, reference] = /^\/v2(\/.+)\/(manifests|blobs|tags)\/([A-Za-z0-9._:-]+)$/.exec(path) ?? [];
  const charts = repository.charts.filter(({ name }) => place === `${repository.path}/${name}`);
  if (charts.length === 0 || reference === undefined) return undefined;
  if (what === 'tags') {
    if (reference !== 'list') return undefined;
    const tags = JSON.stringify({ name: place?.slice(1), tags: charts.map(tagOf) });
    return { type: 'application/json', bytes: Buffer.from(tags) };
  }
  for (const chart of charts) {
    const part = await partOf(directory, repository, chart, what === 'manifests', reference);
    if (part !== undefined) return part;
  }
  return undefined;
}

async function partOf(
  directory: string,
  repository: Repository,
  chart: AllowedChart,
  isManifest: boolean,
  reference: string,
): Promise<Answer | undefined> {
  const archive = await readArchive(directory, repository, chart);
  if (archive === undefined) return undefined;
  const { manifest, manifestDigest, config, configDigest, layerDigest } = artifactOf(chart, archive.length);
  if (isManifest) {
    const isMeant = reference === tagOf(chart) || reference === manifestDigest;
    return isMeant ? { type: manifestType, bytes: manifest, digest: manifestDigest } : undefined;
  }
  if (reference === configDigest) return { type: 'application/octet-stream', bytes: config, digest: configDigest };
  if (reference === layerDigest) return { type: 'application/octet-stream', bytes: archive, digest: layerDigest };
  return undefined;
}
