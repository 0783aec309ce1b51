import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObjectId, Repository } from '../repository.ts';
import { makeOrigin, mirrored, never, refusal } from './origin.fixture.ts';

const castellan = { name: 'castellan', email: 'castellan@localhost' };

async function changed(repository: Repository, parent: ObjectId, path: string, content: Buffer): Promise<ObjectId> {
  const tree = await repository.writeFile((await repository.commit(parent)).tree, path, content);
  const at = new Date(1_700_000_000_000);
  return repository.writeCommit({
    tree,
    parents: [parent],
    message: 'first line\n\nCastellan-Change: chg_a\n',
    author: castellan,
    committer: castellan,
    at,
  });
}

describe('a commit of our own', () => {
  it('is the same for the same words, and says what it was told', async () => {
    const { repository, head } = await mirrored({ 'a.tf': '1\n' });
    const made = await changed(repository, head, 'a.tf', Buffer.from('2\n'));
    expect(await changed(repository, head, 'a.tf', Buffer.from('2\n'))).toBe(made);
    expect(await repository.commit(made)).toMatchObject({
      parents: [head],
      author: 'castellan <castellan@localhost>',
      at: new Date(1_700_000_000_000),
      subject: 'first line',
    });
  });

  it('runs no filter that the attributes of the tree or the settings of a user name', async () => {
    const origin = await makeOrigin();
    const ran = join(origin.folder, 'ran');
    const head = await origin.commit({ '.gitattributes': '* filter=x text eol=crlf ident\n', 'a.tf': '$Id$\n' });
    const repository = await origin.open();
    await repository.fetch(never);
    const tree = await repository.writeFile((await repository.commit(head)).tree, 'a.tf', Buffer.from('$Id: x$\n'));
    const blob = (await repository.changes(head, tree))[0]?.after?.blob ?? '';
    expect((await repository.read([blob])).get(blob)?.toString()).toBe('$Id: x$\n');
    expect(existsSync(ran)).toBe(false);
  });

  it.each(['../x', '.git/config', 'a/.GIT/hooks/x', '/etc/x', 'a\0b'])('has no file %j', async (path) => {
    const { repository, tree } = await mirrored({ 'a.tf': '1\n' });
    const outcome = await repository.writeFile(tree, path, Buffer.from('x')).then(
      async (made) => repository.changes(tree, made),
      () => [],
    );
    expect(outcome).toEqual([]);
  });
});

describe('a picked commit', () => {
  it('is the same change on another commit, binary files too', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1\n', 'b.tf': '1\n' });
    const bytes = randomBytes(2_000);
    const mine = await changed(repository, head, 'state.enc', bytes);
    const theirs = await origin.commit({ 'b.tf': '2\n' });
    await repository.fetch(never);
    const picked = await repository.pick(mine, theirs);
    expect(await repository.pick(mine, theirs)).toBe(picked);
    expect(await repository.commit(picked)).toMatchObject({ parents: [theirs], subject: 'first line' });
    expect(await repository.changes(theirs, picked)).toEqual(await repository.changes(head, mine));
  });

  it('takes nothing of its surroundings along', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1\n', 'b.tf': '1\n' });
    const theirs = await origin.commit({ 'b.tf': 'evil\n' });
    await repository.fetch(never);
    const mine = await changed(repository, theirs, 'c.tf', Buffer.from('1\n'));
    const picked = await repository.pick(mine, head);
    expect((await repository.changes(head, picked)).map(({ path }) => path)).toEqual(['c.tf']);
  });

  it.each([
    ['changed', { 'a.tf': '3\n' }],
    ['changed to the same', { 'a.tf': '2\n' }],
    ['removed', { 'a.tf': undefined }],
  ])('conflicts where a file of it was %s', async (_, files) => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1\n' });
    const mine = await changed(repository, head, 'a.tf', Buffer.from('2\n'));
    const theirs = await origin.commit(files);
    await repository.fetch(never);
    expect((await refusal(repository.pick(mine, theirs))).code).toBe('change-conflicts');
  });

  it('conflicts where a folder is a file, or a file a folder', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1\n' });
    const inFolder = await changed(repository, head, 'x/y', Buffer.from('1\n'));
    const file = await changed(repository, head, 'z', Buffer.from('1\n'));
    const theirs = await origin.commit({ x: 'file', 'z/w': 'in a folder' });
    await repository.fetch(never);
    for (const mine of [inFolder, file])
      expect((await refusal(repository.pick(mine, theirs))).code).toBe('change-conflicts');
  });
});

describe('the difference of two trees as text', () => {
  it('leads there again, binary files too', async () => {
    const { repository, head } = await mirrored({ 'a.tf': '1\n' });
    const text = await changed(repository, head, 'a.tf', Buffer.from('2\n'));
    const both = await changed(
      repository,
      text,
      'b "c"\u00e9.bin',
      Buffer.concat([Buffer.from([0]), randomBytes(500)]),
    );
    const patch = await repository.diff(head, both, { mostBytes: 100_000 });
    const tree = await repository.applyPatch(head, patch, { binary: true });
    expect(tree).toBe((await repository.commit(both)).tree);
    expect((await refusal(repository.applyPatch(head, patch))).code).toBe('patch-unusable');
    const cut = repository.applyPatch(head, patch.trimEnd(), { binary: true });
    expect((await refusal(cut)).code).toBe('patch-unusable');
  });

  it('is not given when it is larger, or no text', async () => {
    const { repository, head } = await mirrored({ 'a.tf': '1\n' });
    const large = await changed(repository, head, 'a.tf', Buffer.from('x\n'.repeat(2_000)));
    expect((await refusal(repository.diff(head, large, { mostBytes: 1_000 }))).code).toBe('diff-unusable');
    const latin = await changed(repository, head, 'a.tf', Buffer.from([0x67, 0xfc, 0x6e, 0x0a]));
    expect((await refusal(repository.diff(head, latin, { mostBytes: 1_000 }))).code).toBe('diff-unusable');
  });
});
