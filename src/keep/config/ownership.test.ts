import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ownersFor, proveOwnership, proveTree } from './ownership.ts';
import { KeepScratch } from './scratch.fixture.ts';

const scratch = new KeepScratch();
afterAll(() => scratch[Symbol.dispose]());
const file = scratch.write('etc/keep.yaml', 'x', 0o644);
const folder = join(scratch.folder, 'etc');
const mine = ownersFor(true);
/** Trusts whoever owns the folders above the test's own, and nobody that owns what is in it. */
const foreign = lstatSync(file).uid === 0 ? { uids: [4_242] } : { uids: [0] };

describe('who could change a file', () => {
  it('is nobody but the trusted, when every folder above it is theirs', () => {
    expect(proveOwnership(file, mine)).toMatchObject({ flaw: undefined, path: file });
  });

  it('is told when it belongs to another user', () => {
    expect(proveOwnership(file, foreign).flaw).toMatch(/^belongs to another user/);
  });

  it.each([
    ['the group', 0o664],
    ['everybody', 0o646],
  ])('is told when %s may write to it', (_, mode) => {
    const open = scratch.write('etc/open.yaml', 'x', mode);
    expect(proveOwnership(open, mine).flaw).toContain(`can be changed by others at ${open}`);
  });

  it.each([
    ['the group', 0o775],
    ['everybody', 0o757],
  ])('is told when %s may write to a folder above it', (_, mode) => {
    const inner = scratch.write('loose/inner/keep.yaml', 'x');
    chmodSync(join(scratch.folder, 'loose'), mode);
    expect(proveOwnership(inner, mine).flaw).toContain(`can be changed by others at ${join(scratch.folder, 'loose')}`);
  });

  it('follows a link of the trusted, and asks the same of where it leads', () => {
    const link = join(scratch.folder, 'link');
    symlinkSync('etc/../etc/keep.yaml', link);
    expect(proveOwnership(link, mine)).toMatchObject({ flaw: undefined, path: file });
    const loose = scratch.write('target/keep.yaml', 'x', 0o666);
    const toLoose = join(scratch.folder, 'to-loose');
    symlinkSync(loose, toLoose);
    expect(proveOwnership(toLoose, mine).flaw).toContain('can be changed by others');
    const throughFolder = join(scratch.folder, 'folder-link');
    symlinkSync('target', throughFolder);
    expect(proveOwnership(join(throughFolder, 'keep.yaml'), mine).flaw).toContain('can be changed by others');
  });

  it('does not follow a link that somebody else owns, wherever it leads', () => {
    const link = join(scratch.folder, 'foreign-link');
    symlinkSync(file, link);
    // Only root can give a link away; anybody else sees at least that the owner is asked.
    if (process.geteuid?.() === 0) lchownSync(link, 61_001, 61_001);
    const owners = process.geteuid?.() === 0 ? mine : foreign;
    expect(proveOwnership(link, owners).flaw).toMatch(/which others could turn elsewhere|belongs to another user/);
  });

  it('gives up on links that lead in a circle, and on ones that lead nowhere', () => {
    symlinkSync('round-b', join(scratch.folder, 'round-a'));
    symlinkSync('round-a', join(scratch.folder, 'round-b'));
    expect(proveOwnership(join(scratch.folder, 'round-a'), mine).flaw).toBe('goes through too many links');
    symlinkSync('nothing', join(scratch.folder, 'nowhere'));
    expect(proveOwnership(join(scratch.folder, 'nowhere'), mine)).toEqual({ flaw: 'does not exist', missing: true });
  });

  it('is not taken from a folder that everybody may write to, unless it is a folder itself', () => {
    const shared = join(scratch.folder, 'shared');
    mkdirSync(join(shared, 'inner'), { recursive: true });
    scratch.write('shared/direct.yaml', 'x');
    scratch.write('shared/inner/keep.yaml', 'x');
    symlinkSync('inner', join(shared, 'link'));
    chmodSync(shared, 0o1777);
    const isRoots = lstatSync(shared).uid === 0;
    expect(proveOwnership(join(shared, 'direct.yaml'), mine).flaw).toBeDefined();
    expect(proveOwnership(join(shared, 'link', 'keep.yaml'), mine).flaw).toBeDefined();
    // Only root's own: another owner of a sticky folder may still exchange what is in it.
    expect(proveOwnership(join(shared, 'inner', 'keep.yaml'), mine).flaw === undefined).toBe(isRoots);
    expect(proveOwnership(shared, mine).flaw).toContain('can be changed by others');
    if (!isRoots) return;
    chownSync(shared, 61_001, 61_001);
    expect(proveOwnership(join(shared, 'inner', 'keep.yaml'), { uids: [0, 61_001] }).flaw).toBeDefined();
  });

  it('never trusts anybody but root without the seat belt', () => {
    expect(ownersFor(false, 61_001)).toEqual({ uids: [0] });
    expect(ownersFor(true, 61_001)).toEqual({ uids: [0, 61_001] });
  });
});

describe('who could change what is in a folder', () => {
  it('is asked of everything below it', () => {
    scratch.write('mirror/a/provider', 'x', 0o755);
    expect(proveTree(join(scratch.folder, 'mirror'), mine).flaw).toBeUndefined();
    scratch.write('mirror/a/other', 'x', 0o777);
    expect(proveTree(join(scratch.folder, 'mirror'), mine).flaw).toMatch(/^holds .*other: it can be changed by others/);
    expect(proveTree(join(folder, 'keep.yaml'), mine).flaw).toBe('is not a folder');
  });

  it('is asked of what its links lead to', () => {
    const loose = scratch.write('outside/provider', 'x', 0o777);
    scratch.write('linked/a', 'x', 0o755);
    symlinkSync(loose, join(scratch.folder, 'linked', 'b'));
    expect(proveTree(join(scratch.folder, 'linked'), mine).flaw).toMatch(/^holds .*linked\/b: it can be changed/);
  });
});
