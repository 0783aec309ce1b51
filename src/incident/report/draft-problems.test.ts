import { describe, expect, it } from 'vitest';
import { draftProblems } from './draft-problems.ts';
import type { Narrative } from './narrative.ts';
import { narrativeFixture } from './report.fixture.ts';

type Draft = NonNullable<Narrative['actions'][number]['draft']>;

async function problemIn(draft: Draft): Promise<string | undefined> {
  const narrative = narrativeFixture();
  const actions = narrative.actions.map((action) => ({ ...action, draft }));
  const ask = await draftProblems({ ...narrative, actions }, (query) =>
    query.endsWith('(') ? 'it ends early' : undefined,
  );
  return ask(draft);
}

describe('a draft', () => {
  it.each<Draft>([
    { language: 'yaml', text: 'alert: A\nexpr: up == 0\n' },
    { language: 'yaml', text: 'a: 1\n---\nb: 2\n' },
    { language: 'hcl', text: 'resource "x" "y" {\n  memory = "512Mi"\n}\n' },
    { language: 'promql', text: 'up == 0' },
  ])('that parses has no problem: $text', async (draft) => {
    expect(await problemIn(draft)).toBeUndefined();
  });

  it.each<Draft>([
    { language: 'yaml', text: 'a: [1\nb' },
    { language: 'yaml', text: '---\na: 1\n---\nb: "x' },
    { language: 'yaml', text: ' ' },
    { language: 'hcl', text: 'resource "x" {' },
    { language: 'hcl', text: '\n' },
    { language: 'promql', text: 'sum(' },
  ])('that does not parse has one: $text', async (draft) => {
    expect(await problemIn(draft)).toEqual(expect.any(String));
  });

  it('that was not read before is a problem', async () => {
    const ask = await draftProblems(narrativeFixture(), () => undefined);
    expect(ask({ language: 'hcl', text: 'x = 2' })).toBe('this draft was not read');
  });
});
