import { chmodSync, chownSync, lchownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareHome, socketPathProblem } from './home.ts';
import { refusedBy, Scratch } from './scratch.fixture.ts';

const me = process.geteuid?.() ?? 0;
const modeOf = (path: string): number => statSync(path).mode & 0o7777;

describe('the data directory', () => {
  test("is made with its parents, for its owner alone, whatever the process's mask", () => {
    using scratch = new Scratch();
    const home = join(scratch.folder, 'a/b');
    const before = process.umask(0);
    try {
      prepareHome({ home });
    } finally {
      process.umask(before);
    }
    expect([modeOf(home), modeOf(join(scratch.folder, 'a'))]).toEqual([0o700, 0o700]);
    prepareHome({ home });
  });

  test('that others can only look into is closed', () => {
    using scratch = new Scratch();
    const home = join(scratch.folder, 'home');
    mkdirSync(home);
    chmodSync(home, 0o755);
    prepareHome({ home });
    expect(modeOf(home)).toBe(0o700);
  });

  test.each([0o770, 0o702, 0o777, 0o1777])(
    'that others could write into (mode %o) is refused and left as it is',
    (mode) => {
      using scratch = new Scratch();
      const home = join(scratch.folder, 'home');
      mkdirSync(home);
      chmodSync(home, mode);
      expect(refusedBy(() => prepareHome({ home })).code).toBe('home-unsafe');
      expect(modeOf(home)).toBe(mode);
    },
  );

  test('of another user is refused', () => {
    using scratch = new Scratch();
    const home = join(scratch.folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    expect(refusedBy(() => prepareHome({ home }, me + 1)).code).toBe('home-unsafe');
  });

  test('that is a link of our own is followed, and what it leads to is judged', () => {
    using scratch = new Scratch();
    const target = join(scratch.folder, 'target');
    const home = join(scratch.folder, 'home');
    mkdirSync(target, { mode: 0o700 });
    symlinkSync(target, home);
    prepareHome({ home });
    chmodSync(target, 0o777);
    expect(refusedBy(() => prepareHome({ home })).code).toBe('home-unsafe');
  });

  test("that is a link of our own to another user's directory is refused", () => {
    using scratch = new Scratch();
    const target = join(scratch.folder, 'target');
    mkdirSync(target, { mode: 0o700 });
    if (me === 0) chownSync(target, 65_534, 65_534);
    const home = join(scratch.folder, 'home');
    // Without root there is still one directory that is never ours.
    symlinkSync(me === 0 ? target : '/', home);
    expect(refusedBy(() => prepareHome({ home })).code).toBe('home-unsafe');
  });

  test("that is another user's link is refused, though it leads to our own directory", () => {
    // Giving a link away takes root; without it the other half, that we are not who owns it, is tested above.
    using scratch = new Scratch();
    const target = join(scratch.folder, 'target');
    const home = join(scratch.folder, 'home');
    mkdirSync(target, { mode: 0o700 });
    symlinkSync(target, home);
    if (me === 0) lchownSync(home, 65_534, 65_534);
    expect(refusedBy(() => prepareHome({ home }, me === 0 ? 0 : me + 1)).code).toBe('home-unsafe');
  });

  test('that cannot be one is told with the next step', () => {
    using scratch = new Scratch();
    const file = join(scratch.folder, 'file');
    writeFileSync(file, '');
    const dangling = join(scratch.folder, 'dangling');
    symlinkSync(join(scratch.folder, 'nowhere/at/all'), dangling);
    for (const home of [file, join(file, 'below'), dangling]) {
      expect(refusedBy(() => prepareHome({ home }))).toMatchObject({ code: 'home-unusable', audience: 'operator' });
    }
  });

  test('has a path that leaves room for a socket', () => {
    const longest = `/${'x'.repeat(100 - '/'.length - '/agent.sock'.length)}`;
    expect(socketPathProblem(longest)).toEqual([]);
    expect(socketPathProblem(`${longest}x`)).toHaveLength(1);
    expect(socketPathProblem(`/${'é'.repeat(50)}`)).toHaveLength(1);
    expect(refusedBy(() => prepareHome({ home: `${longest}x` })).code).toBe('home-unusable');
  });
});
