import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RuleFixture, viewOf } from '../../cluster/findings/rule.fixture.ts';
import { allRules } from '../../cluster/findings/rules.ts';
import type { Survey } from '../../cluster/findings/survey.ts';
import { type CheckFixture, sightOf, sweptAt } from './check.fixture.ts';
import { clusterChecks } from './checks/cluster.ts';
import { allChecks } from './checks.ts';
import type { Check, SweepSight, SweepSource } from './port.ts';
import { sweepSources } from './port.ts';
import { sweep } from './sweep.ts';

const resultOf = (check: Check, sight: SweepSight) => sweep(sight, { checks: [check], without: [] }).checks[0];

const own = allChecks.filter((check) => !clusterChecks.includes(check));
const fixtures = new Map(
  await Promise.all(
    own.map(async ({ id }): Promise<[string, CheckFixture]> => {
      const { fixture } = await import(`./checks/${id}.fixture.ts`);
      return [id, fixture];
    }),
  ),
);

describe.each(own.map((check) => [check.id, check] as const))('%s', (id, check) => {
  const { red, green, unknown = [] } = fixtures.get(id) ?? { red: [], green: [] };

  it('is turned red by its own fixture, and says why', () => {
    expect(red.length).toBeGreaterThan(0);
    for (const { because, sight, status, says } of red) {
      const result = resultOf(check, sight);
      expect(result?.status, because).toBe(status);
      expect(result?.items, because).toContainEqual(expect.stringMatching(says));
    }
  });

  it('is green where nothing is wrong', () => {
    expect(green.length).toBeGreaterThan(0);
    for (const [because, sight] of green)
      expect(resultOf(check, sight), because).toMatchObject({ status: 'pass', items: [] });
  });

  it('is unknown where nobody could look', () => {
    for (const [because, sight] of unknown) expect(resultOf(check, sight)?.status, because).toBe('unknown');
    const failed = new Map<SweepSource, string>(sweepSources.map((source) => [source, 'no answer']));
    expect(resultOf(check, sightOf({ failed }))).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining('no answer'),
    });
    expect(resultOf(check, sightOf({}))?.status).toBe('unknown');
    for (const [, sight] of green) {
      const broken = new Map([...sight.samples].map(([query]) => [query, 'the query timed out'] as const));
      if (broken.size > 0) expect(resultOf(check, { ...sight, samples: broken })?.status).toBe('unknown');
    }
  });
});

describe('the checks of the cluster', () => {
  it('stand for every rule of findings, each in one of them', () => {
    const rules = allRules.map(({ id }) => id).sort();
    const checked = clusterChecks.flatMap((check) => rulesOf(check)).sort();
    expect(checked).toEqual(rules);
  });

  it.each(allRules.map((rule) => [rule.id, rule] as const))('are turned red by what %s finds', async (id, rule) => {
    const check = clusterChecks.find((one) => rulesOf(one).includes(id)) ?? expect.unreachable(`${id} is in no check`);
    const fixture = await ruleFixture(id);
    const [red] = fixture.red.filter(({ finds }) => finds.some(({ severity }) => severity !== 'notice'));
    // A rule that only ever notices says nothing that a sweep should wake somebody for.
    if (red === undefined) return;
    const view = viewOf(rule, red.objects, fixture.now);
    const findings = [...rule.find(view)].map((finding) => ({
      ...finding,
      rule: id,
      root: view.rootOf(finding.object),
    }));
    const survey: Survey = { at: sweptAt, view, findings, unread: [], broken: [] };
    expect(resultOf(check, sightOf({ survey }))?.status).toMatch(/^(?:fail|warn)$/);
    expect(resultOf(check, sightOf({ survey: { ...survey, findings: [] } }))?.status).toBe('pass');
    expect(resultOf(check, sightOf({ survey: { ...survey, findings: [], broken: [id] } }))?.status).toBe('unknown');
    const unread = [{ kindId: 'pods', why: 'forbidden', rules: [id] }];
    expect(resultOf(check, sightOf({ survey: { ...survey, findings: [], unread } }))?.status).toBe('unknown');
  });
});

/** What a check of the cluster is made of shows where every rule of it broke. */
function rulesOf(check: Check): readonly string[] {
  return allRules
    .map(({ id }) => id)
    .filter((id) => {
      const survey = { at: sweptAt, findings: [], unread: [], broken: [id] };
      const result = resultOf(
        check,
        sightOf({ survey: { ...survey, view: viewOf({ id, title: '', needs: {}, find: () => [] }, [], sweptAt) } }),
      );
      return result?.status === 'unknown';
    });
}

const folders = ['network', 'node', 'operator', 'policy', 'storage', 'workload'];
const loaded = z.object({ fixture: z.custom<RuleFixture>((value) => typeof value === 'object' && value !== null) });

async function ruleFixture(id: string): Promise<RuleFixture> {
  const root = new URL('../../cluster/findings/rules/', import.meta.url);
  const folder = folders.find((one) => existsSync(new URL(`${one}/${id}.fixture.ts`, root)));
  const module: Readonly<Record<string, unknown>> = await import(new URL(`${folder}/${id}.fixture.ts`, root).href);
  return loaded.parse({ fixture: Object.values(module)[0] }).fixture;
}
