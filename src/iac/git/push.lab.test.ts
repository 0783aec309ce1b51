import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import type { ObjectId, Repository } from '../repository.ts';
import { makeOrigin, never, type Origin, refusal, script } from './origin.fixture.ts';

const nothing = { sshKeyFile: undefined, token: undefined };
const castellan = { name: 'castellan', email: 'castellan@localhost' };

interface Bare {
  readonly origin: Origin;
  readonly remote: string;
  readonly repository: Repository;
  readonly head: ObjectId;
  /** git in the bare remote. */
  in(...args: readonly string[]): Promise<string>;
  /** A commit on `parent` that nobody has pushed. */
  made(parent: ObjectId, content: string): Promise<ObjectId>;
}

async function bareRemote(files: Readonly<Record<string, string>> = { 'a.tf': '1\n' }): Promise<Bare> {
  const origin = await makeOrigin();
  const head = await origin.commit(files);
  const remote = join(origin.folder, 'remote.git');
  await origin.git('clone', '--quiet', '--bare', '.', remote);
  const repository = await origin.open({ url: remote });
  await repository.fetch(never);
  return {
    origin,
    remote,
    repository,
    head,
    in: (...args) => origin.git(`--git-dir=${remote}`, ...args),
    made: async (parent, content) => {
      const { tree } = await repository.commit(parent);
      return repository.writeCommit({
        tree: await repository.writeFile(tree, 'b.tf', Buffer.from(content)),
        parents: [parent],
        message: 'made here\n',
        author: castellan,
        committer: castellan,
        at: new Date(1_700_000_000_000),
      });
    },
  };
}

const toMain = (to: ObjectId, seen: ObjectId) => [{ ref: 'refs/heads/main', to, seen }];

describe('a push', () => {
  it('brings the branch forward, and new refs with it, all or none', async () => {
    const { repository, head, made, in: at } = await bareRemote();
    const next = await made(head, 'x');
    const own = { ref: 'refs/castellan/chg_a', to: next, seen: undefined };
    await repository.push([...toMain(next, head), own], nothing, never);
    expect(await at('rev-parse', 'main', 'refs/castellan/chg_a')).toBe(`${next}\n${next}`);
    // Again, as after a crash: it is there already.
    await repository.push([own], nothing, never);
    const [after, later] = [await made(next, 'y'), await made(next, 'z')];
    await repository.push([{ ref: 'refs/castellan/chg_b', to: later, seen: undefined }], nothing, never);
    const both = [...toMain(after, next), { ref: 'refs/castellan/chg_b', to: after, seen: undefined }];
    expect((await refusal(repository.push(both, nothing, never))).code).toMatch(/push-moved|push-refused/);
    expect(await at('rev-parse', 'main')).toBe(next);
  });

  it('is told apart when the branch moved on, or back, from when nobody answers', async () => {
    const { origin, remote, repository, head, made, in: at } = await bareRemote();
    const next = await made(head, 'x');
    await origin.git('remote', 'add', 'bare', remote);
    const theirs = await origin.commit({ 'c.tf': '1' });
    await origin.git('push', '--quiet', 'bare', 'main');
    expect((await refusal(repository.push(toMain(next, head), nothing, never))).code).toBe('push-moved');
    expect(await at('rev-parse', 'main')).toBe(theirs);
    await repository.fetch(never);
    const onTop = await made(theirs, 'x');
    await at('update-ref', 'refs/heads/main', head);
    // It would be a fast-forward, and bring back what somebody took away.
    expect((await refusal(repository.push(toMain(onTop, theirs), nothing, never))).code).toBe('push-moved');
    expect(await at('rev-parse', 'main')).toBe(head);
    const gone = await origin.open({ url: join(origin.folder, 'nowhere') });
    expect((await refusal(gone.push(toMain(next, head), nothing, never))).code).toBe('repository-unreachable');
  });

  it('that loses a race at the other end is one that moved', async () => {
    const { origin, remote, head, made, repository, in: at } = await bareRemote();
    const [mine, theirs] = [await made(head, 'mine'), await made(head, 'theirs')];
    await repository.push([{ ref: 'refs/castellan/chg_t', to: theirs, seen: undefined }], nothing, never);
    // The other pusher comes between what the remote tells and what it writes.
    const git = script(
      origin,
      `case "$*" in *receive-pack*) case "$1" in push) ;; *) ;; esac;; esac
if [ "$1" = push ]; then
  for one do case "$one" in --receive-pack=*) shift; set -- "$@" "--receive-pack=${join(origin.folder, 'racing')}";; *) shift; set -- "$@" "$one";; esac; done
fi
exec git "$@"`,
    );
    const racing = join(origin.folder, 'racing');
    writeFileSync(
      racing,
      `#!/bin/sh
git -c core.hooksPath=${origin.folder}/race-hooks -c safe.directory='*' receive-pack "$@"
`,
    );
    mkdirSync(join(origin.folder, 'race-hooks'));
    const hook = join(origin.folder, 'race-hooks', 'pre-receive');
    writeFileSync(hook, `#!/bin/sh\nunset GIT_QUARANTINE_PATH\ngit update-ref refs/heads/main ${theirs}\n`);
    chmodSync(racing, 0o700);
    chmodSync(hook, 0o700);
    const slow = await origin.open({ url: remote, git });
    expect((await refusal(slow.push(toMain(mine, head), nothing, never))).code).toBe('push-moved');
    expect(await at('rev-parse', 'main')).toBe(theirs);
  });

  it('never leads away from what was seen, whatever the lease would allow', async () => {
    const { repository, head, made, in: at } = await bareRemote();
    const [next, other] = [await made(head, 'x'), await made(head, 'y')];
    await repository.push(toMain(next, head), nothing, never);
    expect((await refusal(repository.push(toMain(other, next), nothing, never))).code).toBe('git-failed');
    expect((await refusal(repository.push([{ ref: 'main', to: other, seen: next }], nothing, never))).code).toBe(
      'git-failed',
    );
    expect(await at('rev-parse', 'main')).toBe(next);
  });

  it('runs no hook of a remote on this machine, which would have the rights of the keep', async () => {
    const { origin, remote, repository, head, made, in: at } = await bareRemote();
    const ran = join(origin.folder, 'ran');
    for (const name of ['pre-receive', 'post-receive', 'update', 'post-update', 'reference-transaction']) {
      const hook = join(remote, 'hooks', name);
      mkdirSync(join(remote, 'hooks'), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\necho ${name} >> ${ran}\n`);
      chmodSync(hook, 0o700);
    }
    const program = script(origin, `echo program >> ${ran}`);
    for (const name of ['core.fsmonitor', 'core.alternateRefsCommand', 'gc.recentObjectsHook', 'gpg.program']) {
      await at('config', name, program);
    }
    await at('config', 'core.hooksPath', join(remote, 'hooks'));
    mkdirSync(join(remote, 'objects', 'info'), { recursive: true });
    writeFileSync(join(remote, 'objects', 'info', 'alternates'), `${join(origin.work, '.git', 'objects')}\n`);
    await repository.push(toMain(await made(head, 'x'), head), nothing, never);
    expect(existsSync(ran)).toBe(false);
  });

  it('into a work tree that somebody has checked out is refused, and none of its filters runs', async () => {
    const origin = await makeOrigin();
    const head = await origin.commit({ 'a.tf': '1\n', '.gitattributes': '* filter=evil\n' });
    const ran = join(origin.folder, 'ran');
    await origin.git('config', 'receive.denyCurrentBranch', 'updateInstead');
    await origin.git('config', 'filter.evil.smudge', `touch ${ran}; cat`);
    await origin.git('config', 'filter.evil.clean', `touch ${ran}; cat`);
    const repository = await origin.open();
    await repository.fetch(never);
    const { tree } = await repository.commit(head);
    const next = await repository.writeCommit({
      tree: await repository.writeFile(tree, 'a.tf', Buffer.from('2\n')),
      parents: [head],
      message: 'made here\n',
      author: castellan,
      committer: castellan,
      at: new Date(),
    });
    const { code, message } = await refusal(repository.push(toMain(next, head), nothing, never));
    expect([code, message]).toEqual(['push-refused', expect.stringContaining('checked out')]);
    expect(existsSync(ran)).toBe(false);
  });

  it('does not go through a ref that leads to another', async () => {
    const { remote, repository, head, made, in: at } = await bareRemote();
    mkdirSync(join(remote, 'refs', 'castellan'), { recursive: true });
    mkdirSync(join(remote, 'refs', 'heads'), { recursive: true });
    writeFileSync(join(remote, 'refs', 'heads', 'main'), `${head}\n`);
    await at('symbolic-ref', 'refs/castellan/chg_a', 'refs/heads/main');
    symlinkSync('../heads/main', join(remote, 'refs', 'castellan', 'chg_b'));
    const next = await made(head, 'x');
    for (const name of ['chg_a', 'chg_b']) {
      const update = { ref: `refs/castellan/${name}`, to: next, seen: undefined };
      expect((await refusal(repository.push([update], nothing, never))).code).toBe('push-moved');
    }
    expect(await at('rev-parse', 'main')).toBe(head);
  });

  it('sends the credential of the push and no other, where no list of processes shows it', async () => {
    const origin = await makeOrigin();
    await origin.commit({ 'a.tf': '1' });
    const seen = join(origin.folder, 'seen');
    const git = script(
      origin,
      `if [ "$1" = push ]; then echo "$@" > ${seen}.argv; env > ${seen}.env; exit 1; fi\nexec git "$@"`,
    );
    const [reads, writes] = [new Secret('token-that-reads'), new Secret('token-that-writes')];
    const repository = await origin.open({ git, url: 'https://git.example.net/infra.git', token: reads });
    const head = await origin.git('rev-parse', 'HEAD');
    const update = { ref: 'refs/castellan/chg_a', to: head, seen: undefined };
    const { message } = await refusal(repository.push([update], { sshKeyFile: undefined, token: writes }, never));
    const { stdout: argv } = await execa('cat', [`${seen}.argv`]);
    const { stdout: env } = await execa('cat', [`${seen}.env`]);
    const sent = (token: Secret) => Buffer.from(`git:${token.reveal()}`).toString('base64');
    expect(env).toContain(sent(writes));
    expect(env).not.toContain(sent(reads));
    expect(argv + message).not.toContain(sent(writes));
    expect(argv).not.toContain('--force ');
  });
});

describe('refs of the keep’s own', () => {
  it('are never taken from the remote, and no fetch takes them away', async () => {
    const { repository, head, made, in: at } = await bareRemote();
    const mine = await made(head, 'x');
    await repository.keepRef('chg_a', mine);
    await at('update-ref', 'refs/castellan/chg_a', head);
    await at('update-ref', 'refs/castellan/chg_b', head);
    await repository.fetch(never);
    expect(await repository.keptRef('chg_a')).toBe(mine);
    expect(await repository.keptRef('chg_b')).toBeUndefined();
    expect((await refusal(repository.resolve('castellan/chg_a'))).code).toBe('ref-unknown');
  });

  it.each(['', '../heads/main', '-d', 'refs/heads/main', 'a..b', 'a b'])('cannot be called %j', async (name) => {
    const { repository, head } = await bareRemote();
    expect((await refusal(repository.keepRef(name, head))).code).toBe('git-failed');
  });
});
