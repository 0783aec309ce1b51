import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeOrigin, never, type Origin } from '../../iac/git/origin.fixture.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { InfraRepository } from './port.ts';
import { type InfraRepositoryOptions, openInfraRepository } from './repository.ts';
import { planted } from './sources.fixture.ts';

const always = { from: new Date(0), to: new Date('2090-01-01'), under: [], limit: 50 };
const namespace = 'resource "kubernetes_namespace" "x" {\n  metadata {\n    name = "shop"\n  }\n}\n';

function open(origin: Origin, more: Partial<InfraRepositoryOptions> = {}): InfraRepository {
  return openInfraRepository({
    mirror: join(origin.folder, 'daemon', 'mirror.git'),
    url: origin.work,
    branch: 'main',
    redact: createRedactor(),
    now: () => new Date(),
    ...more,
  });
}

test('gives the head, commits with their paths, files of a commit and the stacks of a namespace, all of it redacted', async () => {
  const origin = await makeOrigin();
  const first = await origin.commit({ 'stacks/web/main.tf': namespace }, 'the shop');
  const second = await origin.commit({ 'docs/notes.md': `token ${planted}\n` }, `notes with ${planted}`);
  const repository = open(origin);
  expect(await repository.head(never)).toMatchObject({ commit: second, stale: undefined });
  const log = await repository.log(always, never);
  expect(log.map(({ id, paths }) => [id, paths])).toEqual([
    [second, ['docs/notes.md']],
    [first, ['stacks/web/main.tf']],
  ]);
  expect(await repository.log({ ...always, under: ['stacks/web'] }, never)).toHaveLength(1);
  expect(await repository.file('stacks/web/main.tf', second)).toBe(namespace);
  expect(await repository.file('docs/notes.md', first)).toBeUndefined();
  expect(await repository.file('../../etc/passwd', second)).toBeUndefined();
  expect(JSON.stringify([log, await repository.file('docs/notes.md', second)])).not.toContain(planted);
  expect(await repository.stacksOf('shop')).toEqual(['stacks/web']);
  expect(await repository.stacksOf('web')).toEqual([]);
});

test('fetches once a minute, and of one that cannot be fetched any more tells what it has and that it is old', async () => {
  const origin = await makeOrigin();
  const first = await origin.commit({ 'a.tf': '1' });
  let now = new Date('2026-11-26T10:00:00Z');
  const repository = open(origin, { now: () => now });
  expect(await repository.head(never)).toMatchObject({ commit: first });
  const second = await origin.commit({ 'a.tf': '2' });
  expect(await repository.head(never)).toMatchObject({ commit: first });
  now = new Date(now.getTime() + 61_000);
  expect(await repository.head(never)).toMatchObject({ commit: second, stale: undefined });
  await origin.git('branch', '--quiet', '--move', 'main', 'gone');
  now = new Date(now.getTime() + 61_000);
  const told = await repository.head(never).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: 'repository-unreachable' });
});

test('a remote that is away leaves what was fetched before', async () => {
  const origin = await makeOrigin();
  const first = await origin.commit({ 'a.tf': '1' });
  let now = new Date('2026-11-26T10:00:00Z');
  const repository = open(origin, { now: () => now });
  await repository.head(never);
  await origin.git('config', 'core.repositoryformatversion', '99');
  now = new Date(now.getTime() + 61_000);
  const told = await repository.head(never);
  expect(told).toMatchObject({ commit: first, stale: expect.stringContaining('cannot be fetched') });
  expect(await repository.log(always, never)).toHaveLength(1);
});

test('nothing fetched and nothing there is an error, never an empty history', async () => {
  const origin = await makeOrigin();
  await origin.commit({ 'a.tf': '1' });
  const repository = open(origin, { url: join(origin.folder, 'nowhere') });
  await expect(repository.log(always, never)).rejects.toMatchObject({ code: 'repository-unreachable' });
  await expect(repository.stacksOf('shop')).rejects.toMatchObject({ code: 'repository-unreachable' });
});

test('links and large files are not taken for text', async () => {
  const origin = await makeOrigin();
  origin.link('link.tf', '/etc/passwd');
  const head = await origin.commit({ 'large.tf': 'x'.repeat(1_100_000) });
  const repository = open(origin);
  await repository.head(never);
  for (const path of ['link.tf', 'large.tf']) {
    await expect(repository.file(path, head)).rejects.toMatchObject({ code: 'infra-file-unusable' });
  }
});
