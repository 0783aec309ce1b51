import { describe, expect, it } from 'vitest';
import { makeOrigin, never, type Origin } from '../../iac/git/origin.fixture.ts';
import type { ObjectId, Repository } from '../../iac/repository.ts';
import { silent } from '../runs/runs.fixture.ts';
import { openTrustedRepository, type TrustedRepository } from './trusted-repository.ts';

interface Branch {
  readonly origin: Origin;
  readonly git: Repository;
  readonly first: ObjectId;
  /** In the order of landing; what is put in counts as landed. */
  readonly landed: ObjectId[];
  readonly adopted: ObjectId[];
  readonly trusted: TrustedRepository;
  /** Somebody pushes. */
  commit(files: Readonly<Record<string, string>>): Promise<ObjectId>;
  /** Everything in the trusted base, by path. */
  content(): Promise<Readonly<Record<string, string>>>;
}

async function withBranch(): Promise<Branch> {
  const origin = await makeOrigin();
  const first = await origin.commit({ 'mail.tf': '1', 'blog.tf': '1' });
  const git = await origin.open();
  const [landed, adopted]: [ObjectId[], ObjectId[]] = [[], []];
  const trusted = openTrustedRepository({
    git,
    config: { branch: 'main', trustedBase: first },
    authority: { adopted: () => ({ value: adopted, problem: undefined }) },
    landed: async () => landed,
    log: silent,
    now: () => new Date(),
    signal: never,
  });
  await git.fetch(never);
  return {
    origin,
    git,
    first,
    landed,
    adopted,
    trusted,
    commit: async (files) => {
      const id = await origin.commit(files);
      await git.fetch(never);
      return id;
    },
    content: async () => {
      const files = await git.files((await trusted.base()).tree);
      const blobs = await git.read(files.map(({ blob }) => blob));
      return Object.fromEntries(files.map(({ path, blob }) => [path, blobs.get(blob)?.toString() ?? '']));
    },
  };
}

describe('what the keep landed', () => {
  it('is the trusted base where nothing else was pushed', async () => {
    const { trusted, landed, commit } = await withBranch();
    landed.push(await commit({ 'mail.tf': '2' }));
    expect((await trusted.base()).id).toBe(landed[0]);
    landed.push(await commit({ 'mail.tf': '3' }));
    expect(await trusted.state()).toMatchObject({ base: { id: landed[1] }, ahead: 0, problems: [] });
  });

  it('counts, and nothing of what it was landed on', async () => {
    const { trusted, landed, commit, content, git } = await withBranch();
    const foreign = await commit({ 'blog.tf': 'nobody saw this', 'evil.sh': 'x' });
    landed.push(await commit({ 'mail.tf': '2' }));
    expect(await content()).toEqual({ 'mail.tf': '2', 'blog.tf': '1' });
    expect(await git.isAncestor(foreign, (await trusted.base()).id)).toBe(false);
    expect((await trusted.state()).ahead).toBe(1);
    landed.push(await commit({ 'mail.tf': '3' }));
    expect(await content()).toEqual({ 'mail.tf': '3', 'blog.tf': '1' });
  });

  it('is on the branch again once an approver adopts what is between, at whatever point', async () => {
    const { trusted, landed, adopted, commit, content } = await withBranch();
    const foreign = await commit({ 'blog.tf': 'reviewed' });
    landed.push(await commit({ 'mail.tf': '2' }));
    const later = await commit({ 'dns.tf': 'not yet' });
    landed.push(await commit({ 'mail.tf': '3' }));
    adopted.push(foreign);
    expect(await content()).toEqual({ 'mail.tf': '3', 'blog.tf': 'reviewed' });
    adopted.push(later);
    expect((await trusted.base()).id).toBe(landed[1]);
    expect((await trusted.state()).ahead).toBe(0);
  });

  it('is not lost when an older commit is adopted after it', async () => {
    const { trusted, landed, adopted, first, commit } = await withBranch();
    landed.push(await commit({ 'mail.tf': '2' }));
    adopted.push(first);
    expect((await trusted.base()).id).toBe(landed[0]);
  });

  it('is not lost when somebody takes it off the branch', async () => {
    const { origin, trusted, landed, first, commit, git } = await withBranch();
    landed.push(await commit({ 'mail.tf': '2' }));
    await origin.git('reset', '--quiet', '--hard', first);
    await git.fetch(never);
    expect((await trusted.base()).id).toBe(landed[0]);
  });

  it('ends where an approver adopted a history without it', async () => {
    const { origin, trusted, landed, adopted, first, commit } = await withBranch();
    landed.push(await commit({ 'mail.tf': '2' }));
    await origin.git('reset', '--quiet', '--hard', first);
    adopted.push(await commit({ 'mail.tf': 'another way' }));
    expect((await trusted.base()).id).toBe(adopted[0]);
    expect((await trusted.state()).problems).toEqual([]);
  });

  it('is no commit that only says so', async () => {
    const { origin, trusted, first, git } = await withBranch();
    await origin.commit({ 'mail.tf': 'evil' }, `castellan: mail\n\nCastellan-Change: chg_${'a'.repeat(26)}`);
    await origin.git('update-ref', 'refs/castellan/base', 'HEAD');
    await git.fetch(never);
    expect((await trusted.base()).id).toBe(first);
  });

  it('that is not there any more, or does not fit, ends the line, and the state says so', async () => {
    const { trusted, landed, commit, first } = await withBranch();
    landed.push('0123456789'.repeat(4));
    expect((await trusted.base()).id).toBe(first);
    expect((await trusted.state()).problems).toEqual([expect.stringContaining('cannot be trusted')]);
    await commit({ 'mail.tf': 'by somebody' });
    landed[0] = await commit({ 'mail.tf': 'on top of that' });
    expect((await trusted.base()).id).toBe(first);
    expect((await trusted.state()).problems).toEqual([expect.stringContaining('somebody changed a file of it')]);
  });
});
