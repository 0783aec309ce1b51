import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { makeOrigin, mirrored, never, type Origin, refusal } from './origin.fixture.ts';

async function checkedOut(origin: Origin, name = 'clone') {
  const repository = await origin.open();
  await repository.fetch(never);
  const { tree } = await repository.commit(await repository.resolve('main'));
  const clone = join(origin.folder, name);
  await repository.checkOut(tree, clone);
  const git = async (...args: readonly string[]): Promise<string> =>
    (
      await execa('git', ['-c', 'safe.directory=*', ...args], {
        cwd: clone,
        extendEnv: false,
        env: { PATH: '/usr/bin:/bin' },
      })
    ).stdout;
  return { repository, tree, clone, git };
}

describe('a clone', () => {
  it('stands on a commit of its own that is the same for the same tree', async () => {
    const origin = await makeOrigin();
    await origin.commit({ 'stacks/mail/main.tf': 'memory\n', '-oProxyCommand=date': 'x' });
    const { tree, git, clone } = await checkedOut(origin);
    expect(await git('rev-parse', 'HEAD^{tree}')).toBe(tree);
    expect(await git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
    expect(await git('status', '--porcelain')).toBe('');
    expect(await git('rev-parse', '--show-toplevel')).toBe(clone);
    expect(await git('log', '--format=%an %ae %s')).toBe('castellan castellan@localhost proposed');
    expect(await git('remote')).toBe('');
    const again = await checkedOut(origin, 'again');
    expect(await again.git('rev-parse', 'HEAD')).toBe(await git('rev-parse', 'HEAD'));
    expect(readFileSync(join(clone, '-oProxyCommand=date'), 'utf8')).toBe('x');
    expect(lstatSync(clone).mode & 0o777).toBe(0o700);
  });

  it('holds every file byte for byte, whatever its attributes ask for', async () => {
    const origin = await makeOrigin();
    const attributes = [
      '[attr]sneaky filter=evil ident',
      '* filter=evil text eol=crlf working-tree-encoding=UTF-16 ident export-subst',
      '*.lfs filter=lfs diff=lfs merge=lfs -text',
      '*.s sneaky',
    ].join('\n');
    const content = '$Id$ $Format:%H$\nline\n';
    await origin.commit({ 'a.txt': content, 'b.s': content, 'c.lfs': 'version https://git-lfs.github.com/spec/v1\n' });
    const blobs = await origin.git('ls-tree', '-r', 'HEAD');
    // Added by hand, so that git at the other end converts nothing either.
    const blob = await origin.hash(attributes);
    await origin.git('update-index', '--add', '--cacheinfo', `100644,${blob},.gitattributes`);
    await origin.git('commit', '--quiet', '--message=attributes');
    const proof = join(origin.folder, 'ran');
    const { clone } = await checkedOut(origin);
    for (const name of ['a.txt', 'b.s']) expect(readFileSync(join(clone, name), 'utf8')).toBe(content);
    expect(readFileSync(join(clone, 'c.lfs'), 'utf8')).toContain('git-lfs');
    expect(blobs).toContain('a.txt');
    expect(existsSync(proof)).toBe(false);
  });

  it('runs no filter even where the mirror has one configured', async () => {
    const origin = await makeOrigin();
    await origin.commit({ '.gitattributes': '* filter=evil\n', 'a.txt': 'as it is\n' });
    await (await origin.open()).fetch(never);
    const proof = join(origin.folder, 'ran');
    const config = join(origin.folder, 'mirror.git', 'config');
    writeFileSync(config, `[filter "evil"]\n\tsmudge = touch ${proof}\n\tclean = touch ${proof}\n\trequired = true\n`, {
      flag: 'a',
    });
    const { clone } = await checkedOut(origin);
    expect(readFileSync(join(clone, 'a.txt'), 'utf8')).toBe('as it is\n');
    expect(existsSync(proof)).toBe(false);
  });

  it('runs no hook: not of the mirror, not of a template, not of the tree', async () => {
    const origin = await makeOrigin();
    await origin.commit({ 'hooks/post-checkout': '#!/bin/sh\nfalse\n', 'a.tf': '1' });
    const repository = await origin.open();
    await repository.fetch(never);
    const proof = join(origin.folder, 'ran');
    const hooks = join(origin.folder, 'mirror.git', 'hooks');
    mkdirSync(hooks, { recursive: true });
    for (const name of ['post-checkout', 'post-index-change', 'reference-transaction', 'post-commit', 'pre-auto-gc']) {
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${proof}\n`);
      chmodSync(join(hooks, name), 0o700);
    }
    await origin.commit({ 'a.tf': '2' });
    const { clone } = await checkedOut(origin);
    expect(existsSync(proof)).toBe(false);
    expect(existsSync(join(clone, '.git', 'hooks'))).toBe(false);
  });

  it('leaves a submodule empty, and asks nobody for it', async () => {
    const origin = await makeOrigin();
    const proof = join(origin.folder, 'ran');
    const head = await origin.commit({
      '.gitmodules': `[submodule "v"]\n\tpath = v\n\turl = ext::sh -c 'touch ${proof}'\n\tupdate = !touch ${proof}\n`,
    });
    await origin.git('update-index', '--add', '--cacheinfo', `160000,${head},v`);
    await origin.git('commit', '--quiet', '--message=submodule');
    // Refused at the fetch by git itself: such an address is never wanted.
    expect((await refusal(checkedOut(origin))).code).toBe('repository-unreachable');
    const url = 'https://example.net/v.git';
    const plain = await makeOrigin();
    const first = await plain.commit({ '.gitmodules': `[submodule "v"]\n\tpath = v\n\turl = ${url}\n` });
    await plain.git('update-index', '--add', '--cacheinfo', `160000,${first},v`);
    await plain.git('commit', '--quiet', '--message=submodule');
    const { clone } = await checkedOut(plain);
    expect(readdirSync(join(clone, 'v'))).toEqual([]);
    expect(existsSync(proof)).toBe(false);
  });

  it('has links as links, and both of two names that differ in case', async () => {
    const origin = await makeOrigin();
    origin.link('passwd', '/etc/passwd');
    await origin.commit({ 'A.tf': 'upper', 'a.tf': 'lower' });
    const { clone } = await checkedOut(origin);
    expect(readlinkSync(join(clone, 'passwd'))).toBe('/etc/passwd');
    expect(readFileSync(join(clone, 'A.tf'), 'utf8') + readFileSync(join(clone, 'a.tf'), 'utf8')).toBe('upperlower');
  });

  it('needs a directory that is not there yet, and leaves none behind when it fails', async () => {
    const { origin, repository, tree } = await mirrored({ 'a.tf': '1' });
    const taken = join(origin.folder, 'taken');
    mkdirSync(taken);
    expect((await refusal(repository.checkOut(tree, taken))).message).toContain('there already');
    origin.link('../dangling', join(origin.folder, 'target'));
    expect((await refusal(repository.checkOut(tree, join(origin.folder, 'dangling')))).code).toBe('git-failed');
    expect((await refusal(repository.checkOut(tree, 'relative'))).code).toBe('git-failed');
    const clone = join(origin.folder, 'clone');
    expect((await refusal(repository.checkOut('0'.repeat(40), clone))).code).toBe('git-failed');
    expect(existsSync(clone)).toBe(false);
  });
});
