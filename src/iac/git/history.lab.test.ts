import { expect, test } from 'vitest';
import { readHistory } from './history.ts';
import { makeOrigin, never } from './origin.fixture.ts';

const always = { from: new Date(0), to: new Date('2090-01-01'), limit: 100 };

test('tells commits of a branch with what each changed, newest first', async () => {
  const origin = await makeOrigin();
  await origin.commit({ 'stacks/mail/main.tf': 'a', 'stacks/web/main.tf': 'b' }, 'first: "quoted" :100644 100644');
  const second = await origin.commit({ 'stacks/web/main.tf': 'c', 'docs/über uns.md': 'd' }, 'second');
  await origin.commit({}, 'nothing changed');
  const tip = await origin.commit({ 'stacks/mail/main.tf': undefined, [`${second}`]: 'named like a commit' }, 'third');
  const repository = await origin.open();
  await repository.fetch(never);
  const mirror = `${origin.folder}/mirror.git`;

  const all = await readHistory(mirror, { tip, under: [], ...always });
  expect(all.map(({ subject, paths }) => [subject, paths])).toEqual([
    ['third', [second, 'stacks/mail/main.tf'].sort()],
    ['nothing changed', []],
    ['second', ['docs/über uns.md', 'stacks/web/main.tf']],
    ['first: "quoted" :100644 100644', ['stacks/mail/main.tf', 'stacks/web/main.tf']],
  ]);
  const web = await readHistory(mirror, { tip, under: ['stacks/web'], ...always });
  expect(web.map(({ subject, paths }) => [subject, paths.length])).toEqual([
    ['second', 2],
    ['first: "quoted" :100644 100644', 2],
  ]);
  expect(await readHistory(mirror, { tip, under: ['--output=x', ':(glob)**'], ...always })).toEqual([]);
  expect(await readHistory(mirror, { tip, under: [], ...always, from: new Date('2080-01-01') })).toEqual([]);
  expect(await readHistory(mirror, { tip, under: [], ...always, limit: 2 })).toHaveLength(2);
});

test('of a merge tells when it came to the branch and all that it brought', async () => {
  const origin = await makeOrigin();
  await origin.commit({ 'a.tf': '1' }, 'first');
  await origin.git('checkout', '--quiet', '-b', 'side');
  await origin.commit({ 'b.tf': '1' }, 'on the side');
  await origin.git('checkout', '--quiet', 'main');
  await origin.commit({ 'c.tf': '1' }, 'on main');
  await origin.git('merge', '--quiet', '--no-ff', '--message=merged', 'side');
  const repository = await origin.open();
  await repository.fetch(never);
  const tip = await repository.resolve('main');
  const all = await readHistory(`${origin.folder}/mirror.git`, { tip, under: [], ...always });
  expect(all.map(({ subject, paths }) => [subject, paths])).toEqual([
    ['merged', ['b.tf']],
    ['on main', ['c.tf']],
    ['first', ['a.tf']],
  ]);
});
