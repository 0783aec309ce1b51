import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { replay } from './replay.ts';
import { loadRubric, parseRubric } from './rubric.ts';
import { cluster, finding, workload } from './snapshot.fixture.ts';
import { snapshotText } from './snapshot.ts';

const rubric = loadRubric();
const snapshot = cluster({
  workloads: [workload('Deployment shop/web', { ready: 0 })],
  findings: [finding('container-crashing', 'Deployment shop/web')],
});
const then = { ...judge(snapshot, rubric), at: new Date(snapshot.takenAt), snapshot: 'ev_aaaaaaaa' };

describe('a kept snapshot', () => {
  it('comes to the same again', () => {
    expect(replay(snapshotText(snapshot), rubric, then).differences).toEqual([]);
  });

  it('tells what is judged otherwise by another rubric, or was judged otherwise', () => {
    const stricter = parseRubric(`
version: "2"
critical: []
tiers: { labels: [], values: {} }
graceMinutes: 5
rules:
  - { id: anything, level: SEV1, sentence: "Anything that is wrong", when: { workload-unready: {} } }
`);
    expect(replay(snapshotText(snapshot), stricter, then).differences).toEqual([
      expect.stringMatching(/^rubric: 1-\w+ → 2-\w+$/),
      'severity: SEV3 → SEV1',
      'rules: workload-failing (SEV3), something-broken (SEV3) → anything (SEV1)',
    ]);
    expect(replay(snapshotText(snapshot), rubric, { ...then, suspects: [], domains: ['auth'] }).differences).toEqual([
      'first suspects: none → Deployment shop/web',
      'domains: auth → compute',
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing of a snapshot', '{}'],
    ['a key nobody knows', snapshotText(Object.assign({}, snapshot, { id: 'case-17' }))],
    ['a time that is none', snapshotText({ ...snapshot, takenAt: 'yesterday' })],
    ['a negative count', snapshotText({ ...snapshot, workloads: [workload('Deployment shop/web', { ready: -1 })] })],
  ])('is refused: %s', (_, text) => {
    expect(() => replay(text, rubric)).toThrow(expect.objectContaining({ code: 'snapshot-invalid' }));
  });
});

describe('a rubric', () => {
  it.each([
    ['no YAML', '{'],
    [
      'a rule with two conditions',
      'version: "1"\ncritical: []\ntiers: { labels: [], values: {} }\ngraceMinutes: 1\nrules:\n  - { id: a, level: SEV1, sentence: "long enough to be one", when: { node-pressure: {}, recovered: {} } }',
    ],
    [
      'the worst not first',
      'version: "1"\ncritical: []\ntiers: { labels: [], values: {} }\ngraceMinutes: 1\nrules:\n  - { id: a, level: SEV3, sentence: "long enough to be one", when: { recovered: {} } }\n  - { id: b, level: SEV1, sentence: "long enough to be one", when: { recovered: {} } }',
    ],
  ])('is refused: %s', (_, text) => {
    expect(() => parseRubric(text)).toThrow(expect.objectContaining({ code: 'rubric-invalid' }));
  });
});
