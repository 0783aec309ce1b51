import { describe, expect, it } from 'vitest';
import { hrefOf, parseRoute } from './route.ts';

const set = `set_${'a'.repeat(26)}`;
const request = `req_${'c'.repeat(26)}`;

describe('the route of a hash', () => {
  it('finds what waits, sets, changes and places', () => {
    expect(parseRoute('')).toEqual({ at: 'overview' });
    expect(parseRoute('#/')).toEqual({ at: 'overview' });
    expect(parseRoute(`#/${set}`)).toEqual({ at: 'set', id: set });
    expect(parseRoute(`#/chg_${'b'.repeat(26)}`)).toMatchObject({ at: 'set' });
    expect(parseRoute('#/audit')).toEqual({ at: 'audit' });
    expect(parseRoute(`#/requests/${request}`)).toEqual({ at: 'request', id: request });
    expect(parseRoute(`#/${request}`)).toEqual({ at: 'request', id: request });
  });

  it.each([
    `#/${set}/../x`,
    `#/${set.toUpperCase()}`,
    '#/set_',
    '#/__proto__',
    '#//evil.example',
    '#/audit/x',
    `#/requests/${set}`,
    '#/requests/',
    `#/requests/${request}/x`,
  ])('knows no page for %s', (hash) => {
    expect(parseRoute(hash)).toEqual({ at: 'nowhere' });
  });

  it('gives the hash that leads back', () => {
    for (const hash of ['#/', `#/${set}`, `#/requests/${request}`, '#/approvers', '#/enrol'])
      expect(hrefOf(parseRoute(hash))).toBe(hash);
  });
});
