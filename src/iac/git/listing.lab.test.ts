import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTree } from './listing.ts';
import { makeOrigin, mirrored, never, refusal } from './origin.fixture.ts';

describe('a tree', () => {
  it('lists files, programs, links and submodules with their sizes', async () => {
    const { origin, repository, head } = await mirrored({
      'stacks/mail/main.tf': 'memory',
      '-oProxyCommand=date': 'x',
    });
    origin.link('latest', 'stacks/mail');
    await origin.git('update-index', '--add', '--cacheinfo', `160000,${head},vendor`);
    await origin.git('add', 'latest');
    await origin.git('update-index', '--chmod=+x', 'stacks/mail/main.tf');
    await origin.git('commit', '--quiet', '--message=more');
    await repository.fetch(never);
    const files = await repository.files((await repository.commit(await repository.resolve('main'))).tree);
    expect(files.map(({ path, mode, size }) => [path, mode, size])).toEqual([
      ['-oProxyCommand=date', '100644', 1],
      ['latest', '120000', 11],
      ['stacks/mail/main.tf', '100755', 6],
      ['vendor', '160000', undefined],
    ]);
    const blobs = files.filter(({ mode }) => mode !== '160000').map(({ blob }) => blob);
    const read = await repository.read([...blobs, ...blobs]);
    expect(blobs.map((blob) => read.get(blob)?.toString())).toEqual(['x', 'stacks/mail', 'memory']);
    expect((await refusal(repository.read([head]))).code).toBe('git-failed');
    expect((await refusal(repository.read(['0'.repeat(40)]))).code).toBe('git-failed');
    expect(await repository.read([])).toEqual(new Map());
  });

  it('gives any content back as it is', async () => {
    const origin = await makeOrigin();
    const contents = ['', '\n', '\0', 'a blob 3\nb', '\r\n'.repeat(9), 'ü', 'x'.repeat(200_000)];
    await origin.commit(Object.fromEntries(contents.map((content, index) => [`f${index}`, content])));
    const repository = await origin.open();
    await repository.fetch(never);
    const files = await repository.files((await repository.commit(await repository.resolve('main'))).tree);
    const read = await repository.read(files.map(({ blob }) => blob));
    expect(files.map(({ blob }) => read.get(blob)?.toString())).toEqual(contents);
  });

  it('lists whatever names git allows', async () => {
    const { origin } = await mirrored({ 'a.tf': '1' });
    const blob = await origin.hash('content');
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[\0/]/.test(text) && text.isWellFormed() && text !== '.' && text !== '..');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 6 }), async (names) => {
        const at = { cwd: origin.work, extendEnv: false, env: { PATH: '/usr/bin:/bin' } };
        const input = names.map((one) => `100644 blob ${blob}\t${one}\0`).join('');
        const { stdout: tree } = await execa('git', ['mktree', '-z'], { ...at, input });
        const listed = await execa('git', ['ls-tree', '-r', '-z', '--long', tree], { ...at, encoding: 'buffer' });
        expect(
          readTree(Buffer.from(listed.stdout))
            .map(({ path }) => path)
            .sort(),
        ).toEqual([...names].sort());
      }),
      { numRuns: 40 },
    );
  });

  it('with a name that is no text is refused: two names must not become one', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    const blob = await origin.hash('content');
    const { stdout: tree } = await execa('git', ['mktree', '-z'], {
      cwd: origin.work,
      input: Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), Buffer.from([0xff, 0x00])]),
    });
    await origin.git('update-ref', 'refs/heads/odd', await origin.git('commit-tree', '-p', head, '-m', 'odd', tree));
    await repository.fetch(never);
    expect((await refusal(repository.files(tree))).message).toContain('not UTF-8');
  });
});

describe('what differs', () => {
  it('is told by path, a rename as two', async () => {
    const { origin, repository, tree } = await mirrored({ 'a.tf': 'the same text\n', 'b.tf': '1', 'c.tf': '1' });
    origin.link('l', 'b.tf');
    await origin.commit({ 'a.tf': undefined, 'd.tf': 'the same text\n', 'b.tf': '2', 'c.tf': undefined });
    origin.link('c.tf', 'b.tf');
    await origin.commit({});
    await repository.fetch(never);
    const now = (await repository.commit(await repository.resolve('main'))).tree;
    const modes = (await repository.changes(tree, now)).map(({ path, before, after }) => [
      path,
      before?.mode,
      after?.mode,
    ]);
    expect(modes).toEqual([
      ['a.tf', '100644', undefined],
      ['b.tf', '100644', '100644'],
      ['c.tf', '100644', '120000'],
      ['d.tf', undefined, '100644'],
      ['l', undefined, '120000'],
    ]);
    expect(await repository.changes(tree, tree)).toEqual([]);
  });

  it('includes a submodule that asks to be ignored', async () => {
    const { origin, repository, head } = await mirrored({
      '.gitmodules': '[submodule "v"]\n\tpath = vendor\n\turl = https://example.net/v.git\n\tignore = all\n',
    });
    await origin.git('update-index', '--add', '--cacheinfo', `160000,${head},vendor`);
    await origin.git('commit', '--quiet', '--message=one');
    const before = await origin.git('rev-parse', 'HEAD');
    await origin.git('update-index', '--add', '--cacheinfo', `160000,${before},vendor`);
    await origin.git('commit', '--quiet', '--message=two');
    await repository.fetch(never);
    const after = await repository.resolve('main');
    expect((await repository.changes(before, after)).map(({ path }) => path)).toEqual(['vendor']);
  });
});

describe('history', () => {
  it('says who, when and what, newest first, and what came before what', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    const second = await origin.commit({ '-b.tf': '1' }, 'mail: more memory\n\nwith a body');
    const third = await origin.commit({ 'a.tf': '2' }, 'third');
    await repository.fetch(never);
    const between = await repository.commitsBetween(head, third, 10);
    expect(between.map(({ id, subject }) => [id, subject])).toEqual([
      [third, 'third'],
      [second, 'mail: more memory'],
    ]);
    expect(between[0]?.author).toBe('Robin <robin@example.net>');
    expect(between[0]?.at.getTime()).toBeGreaterThan(Date.UTC(2020, 0));
    expect(await repository.commitsBetween(head, third, 1)).toHaveLength(1);
    expect((await repository.lastTouched(third, '-b.tf'))?.id).toBe(second);
    expect(await repository.lastTouched(third, '*.tf')).toBeUndefined();
    expect(await repository.isAncestor(head, third)).toBe(true);
    expect(await repository.isAncestor(third, third)).toBe(true);
    expect(await repository.isAncestor(third, head)).toBe(false);
  });
});
