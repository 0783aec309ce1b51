import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answerFrom } from './answer.ts';
import { type AllowedChart, repositoriesOf } from './catalogue.ts';

const directory = mkdtempSync(join(tmpdir(), 'castellan-charts-'));
afterAll(() => rmSync(directory, { recursive: true }));
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function put(path: string, text: string): string {
  mkdirSync(join(directory, path, '..'), { recursive: true });
  writeFileSync(join(directory, path), text);
  return digestOf(text);
}

const stable = 'https://charts.example.net/stable';
const registry = 'oci://registry.example.net/charts';
const charts: readonly AllowedChart[] = [
  {
    repository: stable,
    name: 'mail',
    version: '1.2.3',
    sha256: put('charts.example.net/stable/mail-1.2.3.tgz', 'one'),
  },
  { repository: stable, name: 'mail', version: '1.3.0', sha256: digestOf('what it was') },
  {
    repository: registry,
    name: 'db',
    version: '2.0.0+1',
    sha256: put('registry.example.net/charts/db-2.0.0+1.tgz', 'db'),
  },
];
put('charts.example.net/stable/mail-1.3.0.tgz', 'what it became');
put('charts.example.net/stable/other-1.0.0.tgz', 'not allowed');
put('secret', 'not allowed');
const repositories = repositoriesOf(charts);
const get = (path: string) => answerFrom(directory, repositories, path);

describe('the mirror of charts', () => {
  it('lists what is allowed with its digests, and nothing else that lies there', async () => {
    const index = parse(String((await get('/stable/index.yaml'))?.bytes));
    expect(index.apiVersion).toBe('v1');
    expect(Object.keys(index.entries)).toEqual(['mail']);
    expect(index.entries.mail).toMatchObject([
      { version: '1.2.3', urls: ['mail-1.2.3.tgz'], digest: charts[0]?.sha256 },
      { version: '1.3.0' },
    ]);
  });

  it('gives an archive whose bytes are those that were allowed', async () => {
    expect(String((await get('/stable/mail-1.2.3.tgz'))?.bytes)).toBe('one');
    expect(await get('/stable/mail-1.3.0.tgz')).toBeUndefined();
  });

  it.each([
    '/stable/other-1.0.0.tgz',
    '/stable/mail-9.9.9.tgz',
    '/secret',
    '/stable/../secret',
    '/stable/%2e%2e/secret',
    '/stable//mail-1.2.3.tgz',
    '/index.yaml',
    '/',
    '',
    '/v2/charts/other/manifests/1.0.0',
    '/v2/charts/db/blobs/sha256:../../secret',
    '/v2/charts/../db/manifests/2.0.0_1',
    `/v2/charts/db/blobs/sha256:${charts[0]?.sha256}`,
    '/v2/charts/db/tags/all',
  ])('has nothing at %s', async (path) => {
    expect(await get(path)).toBeUndefined();
  });

  it('follows no link out of its folder', async () => {
    symlinkSync(join(directory, 'secret'), join(directory, 'charts.example.net/stable/link-1.0.0.tgz'));
    const chart = { repository: stable, name: 'link', version: '1.0.0', sha256: digestOf('not allowed') };
    expect(await answerFrom(directory, repositoriesOf([chart]), '/stable/link-1.0.0.tgz')).toBeUndefined();
  });

  it('is a registry, in which every part is what its digest says', async () => {
    expect(await get('/v2/')).toBeDefined();
    expect(JSON.parse(String((await get('/v2/charts/db/tags/list'))?.bytes))).toEqual({
      name: 'charts/db',
      tags: ['2.0.0_1'],
    });
    const manifest = await get('/v2/charts/db/manifests/2.0.0_1');
    expect(manifest?.digest).toBe(`sha256:${digestOf(String(manifest?.bytes))}`);
    expect(await get(`/v2/charts/db/manifests/${manifest?.digest}`)).toEqual(manifest);
    const { config, layers } = JSON.parse(String(manifest?.bytes));
    expect(layers).toEqual([expect.objectContaining({ digest: `sha256:${charts[2]?.sha256}`, size: 2 })]);
    for (const { digest, size } of [config, ...layers]) {
      const blob = await get(`/v2/charts/db/blobs/${digest}`);
      expect(blob?.bytes).toHaveLength(size);
      expect(`sha256:${digestOf(String(blob?.bytes))}`).toBe(digest);
    }
  });

  it.each([
    { repository: 'ftp://x.example.net' },
    { repository: 'https://x.example.net/a/../b' },
    { repository: 'https://x.example.net/a?b' },
    { repository: 'https://me:pw@x.example.net' },
    { repository: 'https://..' },
    { name: '../mail' },
    { name: '' },
    { version: '../1' },
    { version: '1/../../x' },
    { sha256: 'abc' },
  ])('is not made of %j', (change) => {
    const [chart] = charts;
    if (chart === undefined) return expect.unreachable();
    expect(() => repositoriesOf([{ ...chart, ...change }])).toThrow(
      expect.objectContaining({ code: 'sandbox-door-failed' }),
    );
  });
});
