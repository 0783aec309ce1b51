import { describe, expect, it } from 'vitest';
import { silent } from '../runs/runs.fixture.ts';
import { idOf, MemoryRepository } from '../runs/stand-ins.fixture.ts';
import { openTrustedRepository, type TrustedRepository } from './trusted-repository.ts';

function withHistory(): { git: MemoryRepository; first: string; second: string; third: string; stranger: string } {
  const git = new MemoryRepository();
  const first = git.commitTree({ a: '1' });
  const second = git.commitTree({ a: '2' }, undefined, first);
  const third = git.commitTree({ a: '3' }, 'main', second);
  const stranger = git.commitTree({ a: 'x' }, 'other', first);
  return { git, first, second, third, stranger };
}

function open(
  git: MemoryRepository,
  trustedBase: string,
  { adopted = [], now = () => new Date() }: { adopted?: readonly string[]; now?: () => Date } = {},
): TrustedRepository {
  return openTrustedRepository({
    git,
    config: { branch: 'main', trustedBase },
    authority: { adopted: () => ({ value: adopted, problem: undefined }) },
    log: silent,
    now,
    signal: new AbortController().signal,
  });
}

describe('the trusted base', () => {
  it('is the commit of keep.yaml until root adopts another, however far the branch is', async () => {
    const { git, first } = withHistory();
    const repository = open(git, first);
    expect((await repository.base()).id).toBe(first);
    expect(await repository.state()).toMatchObject({ ahead: 2, problems: [] });
  });

  it('is the last that root adopted', async () => {
    const { git, first, second, third } = withHistory();
    expect((await open(git, first, { adopted: [second] }).base()).id).toBe(second);
    const repository = open(git, first, { adopted: [second, third] });
    expect(await repository.state()).toMatchObject({ base: { id: third }, ahead: 0 });
  });

  it.each(['stranger', 'unheard'] as const)('is never a commit of the %s kind, and the state says so', async (kind) => {
    const { git, first, second, stranger } = withHistory();
    const bad = kind === 'stranger' ? stranger : idOf('unheard');
    const repository = open(git, first, { adopted: [second, bad] });
    expect((await repository.base()).id).toBe(second);
    expect((await repository.state()).problems).toEqual([expect.stringContaining(`the adopted commit ${bad}`)]);
  });

  it('is not one from before the trusted base', async () => {
    const { git, first, second } = withHistory();
    expect((await open(git, second, { adopted: [first] }).base()).id).toBe(second);
  });
});

describe('fetching', () => {
  it('is done once for all who ask at the time, and not again within a minute', async () => {
    const { git, first } = withHistory();
    let clock = 0;
    const repository = open(git, first, { now: () => new Date(clock) });
    await Promise.all([repository.fetch('soon'), repository.fetch('soon')]);
    await repository.fetch('soon');
    expect(git.fetches).toBe(1);
    await repository.fetch('now');
    expect(git.fetches).toBe(2);
    clock += 60_000;
    await repository.fetch('soon');
    expect(git.fetches).toBe(3);
  });

  it('tells in the state what went wrong, until it goes well again', async () => {
    const { git, first } = withHistory();
    const repository = open(git, first);
    git.fetchFault = new Error('what the remote printed');
    await expect(repository.fetch('soon')).rejects.toThrow();
    const { problems, fetchedAt } = await repository.state();
    expect(problems).toEqual([expect.stringContaining('could not be fetched')]);
    expect(problems.join()).not.toContain('what the remote printed');
    expect(fetchedAt).toBeUndefined();
    git.fetchFault = undefined;
    await repository.fetch('soon');
    expect((await repository.state()).problems).toEqual([]);
  });
});

describe('the source of a tree', () => {
  it('is its text files, without links and what is too large or no text', async () => {
    const { git, first } = withHistory();
    const tree = git.add({ 'a.tf': 'text', 'b.bin': 'a\0b', 'c.txt': 'x'.repeat(1_048_577) });
    const { source, files } = await open(git, first).source(tree);
    expect([...source.files]).toEqual([['a.tf', 'text']]);
    expect(files).toHaveLength(3);
  });
});
