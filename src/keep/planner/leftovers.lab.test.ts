import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../iac/git/origin.fixture.ts';
import { createPlanner } from './create.ts';
import { badlyOf, standIn } from './stand-in.fixture.ts';

describe('a run that leaves traps', () => {
  it('as a link in place of the plan gets nothing read', async () => {
    const at = await standIn();
    const secret = join(at.folder, 'secret');
    writeFileSync(secret, 'x');
    at.acts['plan'] = (_, outside) => {
      symlinkSync(secret, outside('/plan/plan'));
      return { exitCode: 0 };
    };
    expect(badlyOf(await at.plan()).step).toBe('show');
    expect(existsSync(secret)).toBe(true);
  });

  it('as links in place of the folders of the engine gets nothing read', async () => {
    const at = await standIn();
    at.acts['init'] = ({ cwd }, outside) => {
      symlinkSync(at.folder, outside(join(cwd, '.terraform')));
      return {};
    };
    expect(badlyOf(await at.plan()).step).toBe('init');
    at.acts['init'] = ({ cwd }, outside) => {
      symlinkSync(at.folder, outside(join(cwd, '.terragrunt-cache')));
      return {};
    };
    expect(badlyOf(await at.plan()).step).toBe('init');
  });

  it('as two folders of an engine is not guessed about', async () => {
    const at = await standIn();
    at.acts['init'] = ({ cwd }, outside) => {
      for (const name of ['a', 'b'])
        mkdirSync(outside(join(cwd, '.terragrunt-cache', name, '.terraform')), { recursive: true });
      return {};
    };
    expect(badlyOf(await at.plan()).step).toBe('init');
  });

  it('as folders without rights, and links out of the run, is wiped all the same', async () => {
    const at = await standIn();
    const precious = join(at.folder, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'file'), 'x');
    at.acts['plan'] = (_, outside) => {
      const closed = outside('/work/closed');
      mkdirSync(join(closed, 'inner'), { recursive: true });
      symlinkSync(precious, join(closed, 'inner', 'out'));
      chmodSync(join(closed, 'inner'), 0);
      chmodSync(closed, 0);
      throw new Error('the sandbox broke');
    };
    await expect(at.plan()).rejects.toThrow('the sandbox broke');
    expect(readdirSync(at.work)).toEqual([]);
    expect(readdirSync(precious)).toEqual(['file']);
  });
});

describe('what an earlier keep left', () => {
  it('is wiped, links without what they lead to', async () => {
    const at = await standIn();
    const precious = join(at.folder, 'precious');
    mkdirSync(precious);
    mkdirSync(join(at.work, 'run_9', 'clone'), { recursive: true });
    symlinkSync(precious, join(at.work, 'run_9', 'clone', 'link'));
    symlinkSync(precious, join(at.work, 'run_8'));
    await at.cleanUp();
    expect(readdirSync(at.work)).toEqual([]);
    expect(existsSync(precious)).toBe(true);
  });
});

describe('the work directory', () => {
  const withWork = async (change: (at: Awaited<ReturnType<typeof standIn>>) => string): Promise<string> => {
    const at = await standIn();
    const planner = createPlanner({
      repository: at.repository,
      sandbox: {
        run: () => Promise.reject(new Error('nothing may run')),
        probe: async () => ({ works: true, detail: '' }),
      },
      workDirectory: change(at),
      providers: [],
      sandboxUid: 65_534,
    });
    const baseTree = at.tree;
    const request = {
      run: 'run_1',
      tree: baseTree,
      baseTree,
      stack: 'stacks/mail',
      profile: at.profile,
      onStep: () => undefined,
    };
    expect((await refusal(planner.cleanUp())).code).toBe('work-not-tmpfs');
    return (await refusal(planner.plan(request, new AbortController().signal))).code;
  };

  it('on a disk is refused', async () => {
    expect(await withWork(({ folder }) => join(folder, 'work'))).toBe('work-not-tmpfs');
  });

  it('behind a link is refused', async () => {
    const code = await withWork(({ folder, work }) => {
      symlinkSync(work, join(folder, 'link'));
      return join(folder, 'link');
    });
    expect(code).toBe('work-not-tmpfs');
  });

  it('that others can write to is refused', async () => {
    const code = await withWork(({ work }) => {
      chmodSync(work, 0o777);
      return work;
    });
    expect(code).toBe('work-not-tmpfs');
  });

  it('is not left by the name of a run, and a run is not made twice', async () => {
    const at = await standIn();
    for (const run of ['../x', 'a/b', '', '.', '..', '-x', `a${'b'.repeat(100)}`]) {
      expect((await refusal(at.plan({ run }))).code).toBe('work-not-tmpfs');
    }
    mkdirSync(join(at.work, 'run_1'));
    expect((await refusal(at.plan())).code).toBe('work-not-tmpfs');
    expect(existsSync(join(at.work, 'run_1'))).toBe(true);
  });
});
