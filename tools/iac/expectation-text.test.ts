import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../src/kit/index.ts';
import { parseExpectation } from './expectation-text.ts';

describe('what is expected of a change', () => {
  it.each([
    [
      'rollout deployment mail/server in 2m',
      { kind: 'rollout', workload: 'deployment', namespace: 'mail', name: 'server', within: 120 },
    ],
    [
      'probe https://mail.example.net/health 204',
      { kind: 'probe', url: 'https://mail.example.net/health', status: 204, within: 300 },
    ],
    ['probe http://mail.example.net', { kind: 'probe', url: 'http://mail.example.net', status: 200, within: 300 }],
    ['quiet HighMemory in 900s', { kind: 'alert-quiet', alert: 'HighMemory', within: 900 }],
    [
      'metric sum(rate(errors{job="mail"}[5m]) > 0) <= 0.5',
      { kind: 'metric', query: 'sum(rate(errors{job="mail"}[5m]) > 0)', op: '<=', value: 0.5, within: 300 },
    ],
  ])('is read from %s', (line, read) => {
    expect(parseExpectation(line)).toEqual(read);
  });

  it.each([
    '',
    'it works',
    'rollout deployment mail',
    'rollout job mail/server',
    'rollout deployment mail/server/more',
    'rollout deployment mail/server now',
    'rollout deployment ../etc/passwd',
    'probe file:///etc/passwd',
    'probe http://[::bad 200',
    'probe https://a.example.net 2000',
    'probe https://a.example.net 200 more',
    'quiet ',
    'metric up',
    'metric up >= many',
    'quiet HighMemory in 16m',
    'quiet HighMemory in 1s',
  ])('is refused when it cannot be measured: %j', (line) => {
    expect(() => parseExpectation(line)).toThrow(expect.objectContaining({ code: 'expectation-malformed' }));
  });

  it('is never anything but read or refused', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (line) => {
        try {
          parseExpectation(line);
        } catch (error) {
          expect(error).toBeInstanceOf(CastellanError);
        }
      }),
    );
  });
});
