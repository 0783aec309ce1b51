import { describe, expect, it } from 'vitest';
import { documentNames } from './document-names.ts';

const runbook = { name: 'restart-the-nas', title: 'x', services: [], alerts: [], symptoms: [], text: 'x', origin: 'x' };
const names = documentNames({ reports: async () => [] }, { issues: async () => [], runbooks: async () => [runbook] });

describe('a document that an action is to make', () => {
  it('is there or not by its whole name, and unknown in a corpus that nobody here has', async () => {
    expect(await names.has('runbooks', 'restart-the-nas')).toBe(true);
    expect(await names.has('runbooks', 'restart')).toBe(false);
    expect(await names.has('known-issues', 'KI-7')).toBe(false);
    expect(await names.has('post-mortems', '2026-08-04-x')).toBe(false);
    expect(await names.has('recipes', 'soup')).toBeUndefined();
  });
});
