import { describe, expect, it } from 'vitest';
import { judge } from '../judge.ts';
import type { TriageSnapshot } from '../port.ts';
import { loadRubric } from '../rubric.ts';
import { ruleFixtures } from './rules.fixture.ts';

const rubric = loadRubric();
const firedBy = (snapshot: TriageSnapshot) => judge(snapshot, rubric).rules;

it('has a snapshot that turns it red and one it leaves alone, for each rule of the rubric and for no other', () => {
  expect(Object.keys(ruleFixtures)).toEqual(rubric.rules.map(({ id }) => id));
  for (const { red, green } of Object.values(ruleFixtures)) {
    expect(Object.keys(red).length).toBeGreaterThan(0);
    expect(Object.keys(green).length).toBeGreaterThan(0);
  }
});

describe.each(rubric.rules)('$id', ({ id, level }) => {
  const { red = {}, green = {} } = ruleFixtures[id] ?? {};

  it.each(Object.entries(red))('holds: %s', (_, snapshot) => {
    const hit = firedBy(snapshot).find(({ rule }) => rule === id);
    expect(hit).toMatchObject({ rule: id, severity: level });
    expect(hit?.objects.length).toBeGreaterThan(0);
    expect(hit?.why).not.toMatch(/undefined|NaN|\?/);
    expect(['SEV1', 'SEV2', 'SEV3', 'SEV4'].indexOf(judge(snapshot, rubric).severity)).toBeLessThanOrEqual(
      ['SEV1', 'SEV2', 'SEV3', 'SEV4'].indexOf(level),
    );
  });

  it.each(Object.entries(green))('leaves alone: %s', (_, snapshot) => {
    expect(firedBy(snapshot).map(({ rule }) => rule)).not.toContain(id);
  });
});
