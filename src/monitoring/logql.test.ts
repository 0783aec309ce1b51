import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../kit/index.ts';
import { passing } from './line-filter.ts';
import { boundedLogql } from './logql.ts';
import { matchHere } from './match-here.fixture.ts';

describe('LogQL of an agent', () => {
  it('is streams, and filters that are handed back', () => {
    expect(boundedLogql('{pod=~"web-.+", app!="x"} |= "a" or `b` != "c" |~ "d" !~ "(?i)e"')).toEqual({
      matchers: [
        { label: 'pod', op: '=~', value: 'web-.+' },
        { label: 'app', op: '!=', value: 'x' },
      ],
      filters: [
        { op: '|=', texts: ['a', 'b'] },
        { op: '!=', texts: ['c'] },
        { op: '|~', texts: ['d'] },
        { op: '!~', texts: ['(?i)e'] },
      ],
    });
    expect(boundedLogql('({pod="a"})')).toMatchObject({ filters: [] });
  });

  it.each([
    ['{pod="a"', 'query-invalid'],
    ['{}', 'query-invalid'],
    ['pod', 'query-invalid'],
    ['{pod="a"} # more', 'query-invalid'],
    ['{pod="a\\x41"}', 'query-invalid'],
    ['count_over_time({pod="a"}[5m])', 'query-invalid'],
    ['sum(rate({pod="a"}[5m])) by (pod)', 'query-invalid'],
    ['{pod!="a"}', 'query-too-wide'],
    ['{pod=~".*"}', 'query-too-wide'],
    ['{pod=~".+"}', 'query-too-wide'],
    ['{pod=""}', 'query-too-wide'],
    [`{pod=~"${'a'.repeat(301)}"}`, 'query-too-wide'],
    [`{pod="a"} |~ "${'a'.repeat(301)}"`, 'query-too-wide'],
    [`{pod="a"}${' |= "a"'.repeat(11)}`, 'query-too-wide'],
    ['{pod="a"} | json', 'query-refused'],
    ['{pod="a"} |= "b" | logfmt', 'query-refused'],
    ['{pod="a"} | app="b"', 'query-refused'],
    ['{pod="a"} | line_format "{{.x}}"', 'query-refused'],
    ['{pod="a"} | label_format a=b', 'query-refused'],
    ['{pod="a"} | decolorize', 'query-refused'],
    ['{pod="a"} |> "<_>x"', 'query-refused'],
    ['{pod="a"} |= ip("192.0.2.1")', 'query-refused'],
  ])('may not be %s', (query, code) => {
    expect(() => boundedLogql(query)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused or bounded, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          boundedLogql(`{pod="a"} ${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(CastellanError);
        }
      }),
    );
  });

  it('lets a line pass as Loki does', async () => {
    const texts = ['GET /login 200', 'error: no route', 'ERROR timeout', ''];
    const passes = async (filters: string) =>
      passing(texts, boundedLogql(`{pod="a"} ${filters}`).filters, matchHere, new AbortController().signal);
    expect(await passes('|= "error"')).toEqual([false, true, false, false]);
    expect(await passes('|~ "(?i)error"')).toEqual([false, true, true, false]);
    expect(await passes('|~ "error|GET"')).toEqual([true, true, false, false]);
    expect(await passes('!~ "(?P<code>[0-9]{3})" != "route"')).toEqual([false, false, true, true]);
    expect(await passes('|= "GET" or "timeout" |= "200"')).toEqual([true, false, false, false]);
    expect(await passes('!= "GET" or "timeout"')).toEqual([false, true, false, true]);
  });
});
