import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../kit/index.ts';
import { secondsOf } from './duration.ts';
import { problemOf } from './problem.ts';
import { stepOf } from './prometheus.ts';
import { boundedPromql } from './promql.ts';
import { quoted, unquoted } from './quoted.ts';

describe('PromQL of an agent', () => {
  it.each([
    'up',
    'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) > bool 0',
    'histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))',
    'max_over_time(rate(x[5m])[1h:1m])',
    'x offset -1d',
    'x @ end()',
    "a * on(b) group_left(c) d{e='f', g!=`h`}",
    'topk(5, count by (namespace) (kube_pod_info))',
    '{"http.requests", pod="a"}',
    'x[300s]',
  ])('may be %s', (query) => {
    const asked = query === 'x[300s]' ? 'rate(x[300])' : query;
    expect(problemOf(() => boundedPromql(asked))).toBeUndefined();
  });

  it.each([
    ['up{', 'query-invalid'],
    ['up{job="a"} # more', 'query-invalid'],
    ['up{job="a\\x41"}', 'query-invalid'],
    ['up{job="a\u202e"}', 'query-invalid'],
    ['rate(x[1m*60])', 'query-invalid'],
    ['nonsense(up)', 'query-invalid'],
    ['rate(x[32d])', 'query-too-wide'],
    ['x offset 1y', 'query-too-wide'],
    ['x offset -5w', 'query-too-wide'],
    ['x @ 1609746000', 'query-too-wide'],
    ['max_over_time(x[30d:1s])', 'query-too-wide'],
    ['max_over_time(max_over_time(x[1h:1m])[1h:1m])', 'query-too-wide'],
    [`up{job=~"${'a'.repeat(301)}"}`, 'query-too-wide'],
    [`up + ${'up + '.repeat(2_000)}up`, 'query-too-wide'],
    ['label_replace(up, "a", "$1", "b", "(.).*")', 'query-refused'],
    ['limitk(1, up)', 'query-refused'],
  ])('may not be %s', (query, code) => {
    expect(() => boundedPromql(query)).toThrow(expect.objectContaining({ code }));
  });

  it('says where it stops being PromQL', () => {
    expect(problemOf(() => boundedPromql('sum(up'))).toBe('the query is not PromQL: it ends too early, at character 7');
    expect(problemOf(() => boundedPromql('up ] down'))).toMatch(/at character 4, near "\] down"/);
  });

  it('hands back every matcher it has, and answers anything at all with a matcher or a refusal', () => {
    const label = fc.constantFrom('pod', 'job', 'my_label');
    const op = fc.constantFrom('=', '!=', '=~', '!~');
    const matcher = fc.record({
      label,
      op,
      value: fc
        .string({ unit: 'grapheme', maxLength: 30 })
        .filter((text) => !/[^\P{C}\n\t]|[\u2028\u2029]/u.test(text)),
    });
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 5 }), (matchers) => {
        const written = matchers.map(({ label: name, op: sign, value }) => `${name}${sign}${quoted(value)}`).join(', ');
        for (const query of [
          `up{${written}}`,
          `sum(rate(up{${written}}[5m])) / 2`,
          `a unless {__name__="b",${written}}`,
        ])
          expect(boundedPromql(query).matchers).toEqual(expect.arrayContaining(matchers));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          boundedPromql(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CastellanError);
        }
      }),
    );
  });

  it('reads texts as they are written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(unquoted(quoted(text))).toBe(text);
      }),
    );
    for (const odd of ['"', '"a', '"a"b"', '"\\u0041"', '`a`b`', "'\\\"'", '']) expect(unquoted(odd)).toBeUndefined();
  });

  it('chooses a step by which a series has at most three hundred points', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 31 * 86_400 }),
        fc.option(fc.integer({ min: 1, max: 90_000 }), { nil: undefined }),
        (span, step) => {
          const chosen = stepOf({ query: 'up', from: new Date(0), to: new Date(span * 1_000), step });
          expect(Math.floor(span / chosen) + 1).toBeLessThanOrEqual(300);
          expect(chosen).toBeGreaterThanOrEqual(step ?? 1);
        },
      ),
    );
    const month = { query: 'up', from: new Date(0), to: new Date(32 * 86_400_000) };
    expect(() => stepOf(month)).toThrow(expect.objectContaining({ code: 'query-too-wide' }));
    expect(() => stepOf({ ...month, to: new Date(-1) })).toThrow(expect.objectContaining({ code: 'query-invalid' }));
  });

  it('knows how long a duration is', () => {
    expect(['5m', '1d12h', '300', '1h30m15s', '2w', '100ms', '5', '', 'm', '5x', '1.5h'].map(secondsOf)).toEqual([
      300,
      129_600,
      300,
      5_415,
      1_209_600,
      0.1,
      5,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
