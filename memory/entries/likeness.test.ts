import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparableOf, compare, type Likeness } from './likeness.ts';

const between = (there: string, added: string, common: readonly string[] = []): Likeness | undefined => {
  const isCommon = (term: string): boolean => common.includes(term);
  return compare(comparableOf(added, isCommon), comparableOf(there, isCommon));
};

describe('two texts', () => {
  it.each([
    [
      'The mail server keeps 3 replicas of postgres',
      'The mail server now keeps 5 replicas of postgres',
      'another number: 3 → 5',
    ],
    [
      'Traefik on the edge host runs v2.10.4',
      'Traefik on the edge host runs v3.1.0',
      'another version: v2.10.4 → v3.1.0',
    ],
    [
      'The nas backup was last tested on 2026-01-03',
      'The nas backup was last tested on 2026-03-01',
      'another date: 2026-01-03 → 2026-03-01',
    ],
    [
      'Grafana listens at 192.0.2.7:3000 behind the proxy',
      'Grafana listens at 192.0.2.9:3000 behind the proxy',
      'another address: 192.0.2.7:3000 → 192.0.2.9:3000',
    ],
    [
      'Backups of photos start at 02:30 every night',
      'Backups of photos start at 04:15 every night',
      'another time: 02:30 → 04:15',
    ],
    ['Robin prefers dark mode in the console', 'Robin does not prefer dark mode in the console', 'now denied: prefer'],
    [
      'The vpn cannot reach the printer in the cellar',
      'The vpn can reach the printer in the cellar',
      'no longer denied: reach',
    ],
    [
      'IPv6 is enabled on the garden router',
      'IPv6 is disabled on the garden router',
      'the opposite: enabled → disabled',
    ],
    ['Der Drucker im Keller ist erreichbar', 'Der Drucker im Keller ist nicht erreichbar', 'now denied: erreichbar'],
    ['На сервере почты работает антиспам', 'На сервере почты не работает антиспам', 'now denied: работает'],
  ])('%s ✗ %s', (there, added, why) => {
    expect(between(there, added)).toMatchObject({ kind: 'conflict', why: `the same subject, ${why}` });
  });

  it.each([
    ['The mail server keeps its queue on the ssd of node-3', 'the mail server keeps its queue on the SSD of node-3!'],
    ['Robin likes tea, and coffee in the morning', 'Robin likes coffee in the morning, and tea'],
  ])('%s = %s', (there, added) => {
    expect(between(there, added)).toMatchObject({ kind: 'duplicate', likeness: 1 });
  });

  it.each([
    // Another subject.
    ['node-3 has disks by Acme', 'node-4 has disks by Acme'],
    // Says more of the same, and nothing against it.
    ['The mail server keeps replicas of postgres', 'The mail server keeps 5 replicas of postgres on ssd'],
    // Another word where the other text has one.
    ['The ingress controller of the cluster is Traefik', 'The ingress controller of the cluster is Caddy'],
  ])('%s ~ %s', (there, added) => {
    expect(between(there, added)).toMatchObject({ kind: 'related', why: expect.stringContaining('both are about ') });
  });

  it('about something else have nothing to do with each other', () => {
    expect(between('The mail server keeps 3 replicas', 'Robin drinks 5 cups of tea')).toBeUndefined();
    expect(between('🏰', '🏰')).toBeUndefined();
  });

  it('are told apart by what is rare', () => {
    const texts = ['host note: zigbee dongle firmware', 'host note: printer toner cartridge'] as const;
    expect(between(...texts)).toMatchObject({ kind: 'related' });
    expect(between(...texts, ['host', 'note'])).toBeUndefined();
  });

  it('that differ in common words only are not the same', () => {
    expect(between('nas dongle firmware state: up', 'nas dongle firmware state: down', ['state'])?.kind).toBe(
      'conflict',
    );
    expect(between('cat hat bat state old', 'cat hat bat state new', ['old', 'new', 'state'])?.kind).toBe('related');
  });

  it('of any kind are compared without harm, and a text is like itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        const found = between(one, other);
        expect(found?.likeness ?? 0.5).toBeGreaterThanOrEqual(0.2);
        expect(found?.likeness ?? 0.5).toBeLessThanOrEqual(1);
        expect(between(one, one)?.kind).not.toBe('conflict');
        expect(between(other, one)?.likeness).toBe(found?.likeness);
      }),
    );
  });
});
