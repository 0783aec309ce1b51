import { describe, expect, it } from 'vitest';
import { prepareEdit } from '../../../src/iac/edit/prepare.ts';
import { drawCorpus } from './corpus.fixture.ts';
import { type Judged, judge } from './judge.fixture.ts';

const told = (judged: readonly Judged[]): readonly string[] =>
  judged.map(({ command, found }) => `${command}\n  ${found}`);

describe('a hundred commands over the sample homelabs', async () => {
  const corpus = await drawCorpus();
  const judged: Judged[] = [];
  for (const entry of corpus.entries) judged.push(await judge(entry, corpus, prepareEdit));
  const of = (is: Judged['is']) => judged.filter((one) => one.is === is);

  it('are a hundred, most of which could be had', () => {
    expect(judged).toHaveLength(100);
    expect(new Set(judged.map(({ command }) => command)).size).toBe(100);
    expect(judged.filter(({ expects }) => expects === 'patch').length).toBeGreaterThanOrEqual(60);
  });

  it('none leads to a patch that is not the one it asks for', () => expect(told(of('WRONG'))).toEqual([]));

  it('four of five that can be had, are', () => {
    const patchable = judged.filter(({ expects }) => expects === 'patch');
    const missed = told(of('missed'));
    expect(of('correct').length / patchable.length, missed.join('\n')).toBeGreaterThanOrEqual(0.8);
  });

  it('four of five end as they should', () => {
    const missed = told(of('missed'));
    expect((of('correct').length + of('right').length) / judged.length, missed.join('\n')).toBeGreaterThanOrEqual(0.8);
  });
});
