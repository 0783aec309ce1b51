import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import { makeOrigin, mirrored, never, refusal, script } from './origin.fixture.ts';

describe('a mirror', () => {
  it('is made for its owner alone, and fetched anew each time', async () => {
    const origin = await makeOrigin();
    const first = await origin.commit({ 'a.tf': '1' });
    const repository = await origin.open();
    expect((await refusal(repository.resolve('main'))).code).toBe('ref-unknown');
    await repository.fetch(never);
    expect(await repository.resolve('main')).toBe(first);
    expect(statSync(join(origin.folder, 'mirror.git')).mode & 0o777).toBe(0o700);
    const second = await origin.commit({ 'a.tf': '2' });
    await Promise.all([repository.fetch(never), repository.fetch(never)]);
    expect(await repository.resolve('main')).toBe(second);
    const again = await origin.open();
    expect(await again.resolve('main')).toBe(second);
  });

  it('forgets branches that are gone and follows those that were rewritten, and keeps the commits', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    await origin.git('branch', 'side');
    await repository.fetch(never);
    await origin.git('branch', '-D', 'side');
    await origin.git('checkout', '--quiet', '--orphan', 'new');
    const other = await origin.commit({ 'b.tf': '1' });
    await origin.git('branch', '-f', 'main', 'new');
    await repository.fetch(never);
    expect(await repository.resolve('main')).toBe(other);
    expect(await repository.resolve(head)).toBe(head);
    expect((await refusal(repository.resolve('side'))).code).toBe('ref-unknown');
  });

  it('takes branches and tags only', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    const stranger = await origin.git('commit-tree', '-m', 'from a stranger', 'HEAD^{tree}');
    await origin.git('update-ref', 'refs/pull/7/head', stranger);
    await origin.git('update-ref', 'refs/replace/aaaa', stranger);
    await origin.git('tag', 'v1');
    await repository.fetch(never);
    expect((await refusal(repository.resolve(stranger))).code).toBe('ref-unknown');
    expect(await repository.resolve('v1')).toBe(head);
  });

  it('must be a directory that only its owner writes', async () => {
    const origin = await makeOrigin();
    const mirror = join(origin.folder, 'open.git');
    mkdirSync(mirror);
    chmodSync(mirror, 0o777);
    expect(await refusal(origin.open({ mirror }))).toMatchObject({ code: 'git-failed', message: /others can write/ });
    origin.link('../link.git', '/tmp');
    const link = await refusal(origin.open({ mirror: join(origin.folder, 'link.git') }));
    expect(link.message).toContain('is not a directory');
    expect((await refusal(origin.open({ mirror: 'relative' }))).code).toBe('git-failed');
  });

  it('that belongs to somebody else at the other end can be fetched', async () => {
    const origin = await makeOrigin();
    const head = await origin.commit({ 'a.tf': '1' });
    const git = script(origin, 'export GIT_TEST_ASSUME_DIFFERENT_OWNER=1\nexec git "$@"');
    const repository = await origin.open({ git });
    await repository.fetch(never);
    expect(await repository.resolve('main')).toBe(head);
  });
});

describe('a fetch that fails', () => {
  it('says why in own words', async () => {
    const origin = await makeOrigin();
    const repository = await origin.open({ url: join(origin.folder, 'nowhere') });
    const { code, message } = await refusal(repository.fetch(never));
    expect(code).toBe('repository-unreachable');
    expect(message).toBe('the infra repository cannot be fetched: there is no repository at that address');
  });

  it('is one that lacks the branch', async () => {
    const origin = await makeOrigin();
    await origin.commit({ 'a.tf': '1' });
    const repository = await origin.open({ branch: 'trunk' });
    expect((await refusal(repository.fetch(never))).message).toContain('no branch "trunk"');
  });

  it('is one that is cancelled, and nothing it started goes on', async () => {
    const origin = await makeOrigin();
    await origin.commit({ 'a.tf': '1' });
    const pid = join(origin.folder, 'pid');
    const git = script(
      origin,
      `case "$1" in fetch) sleep 1000 & echo $! > ${pid}.new; mv ${pid}.new ${pid}; wait;; esac\nexec git "$@"`,
    );
    const repository = await origin.open({ git });
    const cancel = new AbortController();
    const fetching = refusal(repository.fetch(cancel.signal));
    await expect.poll(() => existsSync(pid)).toBe(true);
    cancel.abort();
    expect(await fetching).toMatchObject({ code: 'repository-unreachable', message: /was cancelled/ });
    const isThere = (): boolean => existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}/cmdline`);
    await expect
      .poll(() => isThere() && readFileSync(`/proc/${readFileSync(pid, 'utf8').trim()}/cmdline`).length > 0)
      .toBe(false);
    expect((await refusal(repository.fetch(cancel.signal))).message).toContain('was cancelled');
  });

  it('brings no object that is malformed', async () => {
    const { origin, repository } = await mirrored({ 'a.tf': '1' });
    const blob = await origin.hash('evil');
    // A tree with an entry named `.git`, which no git would write by itself.
    const raw = Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]);
    writeFileSync(join(origin.folder, 'raw'), raw);
    const tree = await origin.git('hash-object', '-t', 'tree', '-w', '--literally', join(origin.folder, 'raw'));
    const commit = await origin.git('commit-tree', '-m', 'evil', tree);
    await origin.git('update-ref', 'refs/heads/evil', commit);
    expect((await refusal(repository.fetch(never))).message).toContain('malformed');
    expect((await refusal(repository.resolve('evil'))).code).toBe('ref-unknown');
  });
});

describe('the address', () => {
  const open = async (options: object): Promise<{ code: string; message: string }> =>
    refusal((await makeOrigin()).open(options));

  it.each([
    'ext::sh -c date',
    'git://example.net/infra.git',
    'http://example.net/infra.git',
    'file:///srv/infra.git',
    '-oProxyCommand=date',
    'ssh://-oProxyCommand=date/infra.git',
    'ssh://-oProxyCommand=date@example.net/infra.git',
    'git@-oProxyCommand=date:infra.git',
    'relative/infra.git',
    'https://robin:password@example.net/infra.git',
    'https://example.net/infra.git\n--upload-pack=date',
  ])('%j is refused', async (url) => {
    expect((await open({ url, sshKeyFile: '/k', knownHostsFile: '/h' })).code).toBe('repository-unreachable');
  });

  it('over ssh needs a key and known hosts', async () => {
    expect((await open({ url: 'git@example.net:infra.git' })).message).toContain('known_hosts');
  });
});

/** Writes down how it was called, then does as it was told unless that was to fetch. */
const recording = 'case "$1" in fetch) { echo "$@"; env; } > "$0.seen"; exit 128;; esac\nexec git "$@"';

describe('a credential', () => {
  it('of https goes by the environment, to the one host, and never into arguments or the mirror', async () => {
    const origin = await makeOrigin();
    const token = `t${Math.random().toString(36).slice(2)}`;
    const git = script(origin, recording);
    const repository = await origin.open({ git, url: 'https://robin@example.net/infra.git', token: new Secret(token) });
    await refusal(repository.fetch(never));
    const [argv, ...env] = readFileSync(`${git}.seen`, 'utf8').split('\n');
    const sent = Buffer.from(`robin:${token}`).toString('base64');
    expect(argv).toContain('-- https://example.net/infra.git +refs/heads');
    expect(argv).not.toMatch(new RegExp(`${token}|${sent}`));
    expect(env.filter((line) => line.includes(sent))).toHaveLength(1);
    expect(env).toContain('GIT_ALLOW_PROTOCOL=https');
    const key = env.find((line) => line.endsWith('=http.https://example.net/.extraHeader'))?.split('=')[0] ?? '';
    expect(env).toContain(`${key.replace('KEY', 'VALUE')}=Authorization: Basic ${sent}`);
    expect(readFileSync(join(origin.folder, 'mirror.git', 'config'), 'utf8')).not.toContain(token);
  });

  it('of ssh is the one key, for the hosts that are known', async () => {
    const origin = await makeOrigin();
    const git = script(origin, recording);
    const files = { sshKeyFile: `/keys/robin's key`, knownHostsFile: '/keys/known' };
    const repository = await origin.open({ git, url: 'ssh://git@example.net:2222/infra.git', ...files });
    await refusal(repository.fetch(never));
    const env = readFileSync(`${git}.seen`, 'utf8').split('\n');
    const command = env.find((line) => line.startsWith('GIT_SSH_COMMAND='));
    expect(command).toContain(`'-F' '/dev/null' '-i' '/keys/robin'\\''s key'`);
    expect(command).toContain(`'StrictHostKeyChecking=yes' '-o' 'UserKnownHostsFile=/keys/known'`);
    expect(env).toContain('GIT_ALLOW_PROTOCOL=ssh');
  });

  it('and nothing of the environment of the keep reaches git', async () => {
    const origin = await makeOrigin();
    process.env['GIT_EXTERNAL_DIFF'] = 'date';
    const git = script(origin, recording);
    await refusal((await origin.open({ git })).fetch(never));
    delete process.env['GIT_EXTERNAL_DIFF'];
    const seen = readFileSync(`${git}.seen`, 'utf8');
    expect(seen).not.toContain('GIT_EXTERNAL_DIFF');
    expect(seen).toContain('HOME=/dev/null');
    expect(seen).toContain('GIT_CONFIG_GLOBAL=/dev/null');
  });
});
