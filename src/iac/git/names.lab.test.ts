import { describe, expect, it } from 'vitest';
import { mirrored, never, refusal } from './origin.fixture.ts';

describe('a name', () => {
  it('is a branch, a tag or a full id, and becomes the id of a commit', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    await origin.git('tag', '--annotate', '--message=one', 'v1');
    await origin.git('branch', 'feature/a');
    await repository.fetch(never);
    for (const name of ['main', 'v1', 'feature/a', head]) expect(await repository.resolve(name)).toBe(head);
  });

  it('of a branch that looks like an option is refused, and does not keep the rest from being fetched', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    await origin.git('update-ref', 'refs/heads/--upload-pack=date', head);
    await repository.fetch(never);
    expect(await repository.resolve('main')).toBe(head);
    expect((await refusal(repository.resolve('--upload-pack=date'))).code).toBe('ref-unknown');
  });

  it('that is an abbreviation, an expression, a range or a path is refused', async () => {
    const { origin, repository, head, tree } = await mirrored({ 'a.tf': '1' });
    await origin.git('tag', '--annotate', '--message=one', 'v1');
    await repository.fetch(never);
    const tag = await origin.git('rev-parse', 'v1');
    const names = [
      '',
      head.slice(0, 12),
      head.toUpperCase(),
      tree,
      tag,
      '0'.repeat(40),
      'HEAD',
      '@',
      'main~0',
      'main^{tree}',
    ];
    names.push('main..main', 'main@{0}', 'main:a.tf', ':/change', 'refs/heads/main', 'heads/main', '../main', 'a//b');
    names.push('main\n', 'ma in', 'main\u202e', '-', '--all', 'x.lock', '.x', 'x.', '*', 'm?in', 'a'.repeat(251));
    for (const name of names)
      expect([name, (await refusal(repository.resolve(name))).code]).toEqual([name, 'ref-unknown']);
  });

  it('of a branch and of another tag is refused', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    await origin.git('tag', 'main');
    await repository.fetch(never);
    expect(await repository.resolve('main')).toBe(head);
    await origin.commit({ 'a.tf': '2' });
    await repository.fetch(never);
    expect((await refusal(repository.resolve('main'))).message).toContain('branch and of a tag');
  });

  it('of 40 digits is an id, even where a branch is called so', async () => {
    const { origin, repository, head } = await mirrored({ 'a.tf': '1' });
    const fake = 'a'.repeat(40);
    await origin.git('update-ref', `refs/heads/${fake}`, head);
    await repository.fetch(never);
    expect((await refusal(repository.resolve(fake))).code).toBe('ref-unknown');
  });

  it('never stands where an id is asked for', async () => {
    const { repository, head } = await mirrored({ 'a.tf': '1' });
    for (const id of ['main', '--all', `${head}~1`, head.slice(0, 39), ''])
      for (const asked of [
        () => repository.commit(id),
        () => repository.files(id),
        () => repository.read([id]),
        () => repository.changes(head, id),
        () => repository.isAncestor(head, id),
        () => repository.commitsBetween(id, head, 1),
        () => repository.lastTouched(id, 'a.tf'),
        () => repository.applyPatch(id, ''),
        () => repository.checkOut(id, '/nonexistent/x'),
      ])
        expect(['git-failed', 'patch-unusable']).toContain((await refusal(asked())).code);
  });
});
