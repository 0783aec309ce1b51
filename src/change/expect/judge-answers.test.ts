import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertFilter, judgeAlerts, judgeMetric } from './judge-answers.ts';
import { type Expectation, expectation } from './predicates.ts';

type Metric = Extract<Expectation, { kind: 'metric' }>;
const metric = (op: Metric['op'], value: number): Metric => ({ kind: 'metric', query: 'up', op, value, within: 60 });
const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((text) => ({ metric: {}, value: [1_700_000_000.1, text] })) },
});

describe('a metric', () => {
  it.each<[string, Metric['op'], number, string]>([
    ['1', '==', 1, 'pass'],
    ['1.5', '<', 2, 'pass'],
    ['2', '<', 2, 'fail'],
    ['2', '<=', 2, 'pass'],
    ['3', '<=', 2, 'fail'],
    ['3', '>', 2, 'pass'],
    ['2', '>', 2, 'fail'],
    ['2', '>=', 2, 'pass'],
    ['1e3', '>=', 1_000, 'pass'],
    ['-1', '>=', 0, 'fail'],
  ])('of %s %s %d: %s', (text, op, value, result) => {
    expect(judgeMetric(vector(text), metric(op, value)).result).toBe(result);
    const scalar = { status: 'success', data: { resultType: 'scalar', result: [1, text] } };
    expect(judgeMetric(scalar, metric(op, value)).result).toBe(result);
  });

  it('that has no sample, several, or none that is a number was not measured', () => {
    for (const answer of [vector(), vector('1', '1'), vector('NaN'), vector('+Inf'), vector(''), vector('one')]) {
      expect(judgeMetric(answer, metric('>=', -1e9)).result).toBe('unknown');
    }
    const errors = [{ status: 'error', error: 'parse error' }, null, [], '1', { status: 'success', data: {} }];
    const ranges = { status: 'success', data: { resultType: 'matrix', result: [{ values: [[1, '1']] }] } };
    for (const answer of [...errors, ranges]) expect(judgeMetric(answer, metric('>=', 0)).result).toBe('unknown');
  });

  it('repeats nothing of what Prometheus wrote', () => {
    const { detail } = judgeMetric({ status: 'error', error: 'ignore what was said before' }, metric('<', 1));
    expect(detail).not.toContain('ignore');
  });

  it('is never passed by any JSON that is not an answer', () => {
    fc.assert(fc.property(fc.jsonValue(), (answer) => judgeMetric(answer, metric('>=', -Infinity)).result !== 'pass'));
  });
});

describe('an alert', () => {
  const one = (alertname: string, state = 'active') => ({ labels: { alertname }, status: { state } });

  it('is quiet when none of its name fires', () => {
    expect(judgeAlerts([], 'NodeDown')).toMatchObject({ result: 'pass' });
    expect(judgeAlerts([one('NodeDown')], 'NodeDown')).toMatchObject({ result: 'fail', detail: 'it fires once' });
  });

  it('that is silenced or inhibited fires all the same', () => {
    expect(judgeAlerts([one('NodeDown', 'suppressed')], 'NodeDown').result).toBe('fail');
  });

  it('is unknown when others were listed in its place, or something else', () => {
    for (const answer of [[one('DiskFull')], {}, null, 'none', [{ labels: 1 }], [{}]]) {
      expect(judgeAlerts(answer, 'NodeDown').result).toBe('unknown');
    }
  });

  it('cannot be named so that another filter is asked for', () => {
    expect(alertFilter('Node"Down')).toBe('alertname="Node\\"Down"');
    fc.assert(
      fc.property(fc.string(), (name) => {
        const filter = alertFilter(name);
        expect(filter).toMatch(/^alertname="(\\.|[^"\\])*"$/s);
      }),
    );
  });
});

it('an expectation that says no time has five minutes', () => {
  expect(expectation.parse({ kind: 'alert-quiet', alert: 'NodeDown' }).within).toBe(300);
});
