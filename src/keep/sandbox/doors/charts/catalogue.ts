import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { failed } from '../door.ts';

/**
 * Charts that may be used, each bound to the bytes of its archive. They lie in a folder as `<host>/<path>/<name>-<version>.tgz`,
 * for `https://` and `oci://` repositories alike. What a repository says of them is made here and nowhere else.
 */
export interface AllowedChart {
  /** `https://charts.example.net/stable`, or `oci://registry.example.net/charts`. */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** Of the archive, hex. */
  readonly sha256: string;
}

export interface Repository {
  readonly kind: 'http' | 'oci';
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `/stable`, or nothing. */
  readonly path: string;
  readonly charts: readonly AllowedChart[];
}

const schemes: Readonly<Record<string, Pick<Repository, 'kind' | 'tls'>>> = {
  'https:': { kind: 'http', tls: true },
  'http:': { kind: 'http', tls: false },
  'oci:': { kind: 'oci', tls: true },
};

/** Errors: `sandbox-door-failed`. */
export function repositoriesOf(charts: readonly AllowedChart[]): readonly Repository[] {
  const repositories = new Map<string, Repository & { charts: AllowedChart[] }>();
  for (const chart of charts) {
    checkChart(chart);
    const known = repositories.get(chart.repository) ?? { ...readRepository(chart.repository), charts: [] };
    known.charts.push(chart);
    repositories.set(chart.repository, known);
  }
  return [...repositories.values()];
}

function readRepository(text: string): Omit<Repository, 'charts'> {
  const url = URL.parse(text.replace(/\/$/, ''));
  const scheme = schemes[url?.protocol ?? ''];
  const plain =
    /^[a-z]+:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?(\/[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/;
  if (url === null || scheme === undefined || !plain.test(text) || text.includes('..')) {
    throw failed('a repository of charts is no plain https://, http:// or oci:// URL');
  }
  const port = url.port === '' ? (scheme.tls ? 443 : 80) : Number(url.port);
  return { ...scheme, host: url.hostname, port, path: url.pathname === '/' ? '' : url.pathname };
}

function checkChart({ name, version, sha256 }: AllowedChart): void {
  const ok =
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) &&
    /^v?\d[0-9A-Za-z.+-]*$/.test(version) &&
    /^[0-9a-f]{64}$/.test(sha256);
  if (!ok || version.includes('..')) throw failed('an allowed chart has a malformed name, version or sha256');
}

export const archiveName = ({ name, version }: AllowedChart): string => `${name}-${version}.tgz`;

/** `index.yaml`, which may be JSON as well. */
export function indexOf({ charts }: Repository): string {
  const entries = Object.groupBy(charts, ({ name }) => name);
  return JSON.stringify({
    apiVersion: 'v1',
    generated: '1970-01-01T00:00:00Z',
    entries: Object.fromEntries(
      Object.entries(entries).map(([name, versions = []]) => [
        name,
        versions.map((chart) => ({
          apiVersion: 'v2',
          name,
          version: chart.version,
          urls: [archiveName(chart)],
          digest: chart.sha256,
        })),
      ]),
    ),
  });
}

const mostBytes = 64 * 1024 * 1024;

/** The archive, read once and proven; undefined when it is not there, too large, a link, or other bytes than were allowed. */
export async function readArchive(
  directory: string,
  { host, path }: Repository,
  chart: AllowedChart,
): Promise<Buffer | undefined> {
  const file = join(directory, host, path, archiveName(chart));
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await handle.stat();
    if (size > mostBytes) return undefined;
    const bytes = await handle.readFile();
    return sha256(bytes) === chart.sha256 ? bytes : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP'))
      return undefined;
    throw error;
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
