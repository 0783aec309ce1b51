import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRiskRules } from './rule.ts';

const shipped = readFileSync(new URL('../../../reference/risk.yaml', import.meta.url), 'utf8');

describe('reading the rules of risk', () => {
  it.each([
    ['a key nobody knows', (text: string) => text.replace('level: deny', 'level: deny\n    unless: today')],
    ['a level nobody knows', (text: string) => text.replace('level: deny', 'level: dreadful')],
    ['two conditions', (text: string) => text.replace('{ plan: errored }', '{ plan: errored, record: vanished }')],
    ['no condition', (text: string) => text.replace('{ plan: errored }', '{}')],
    ['an action nobody knows', (text: string) => text.replace('actions: [delete,', 'actions: [remove,')],
    ['a path that is none', (text: string) => text.replace('at: "spec.resources', 'at: "spec..resources')],
    ['two comparisons of one path', (text: string) => text.replace('is: decreased }', 'is: decreased, becomes: 3 }')],
    ['an id that is there twice', (text: string) => text.replace('id: plan-errored', 'id: state-vanished')],
    ['a list of rules that was forgotten', (text: string) => text.slice(0, text.indexOf('rules:'))],
    ['no YAML', () => 'rules: [}'],
  ])('refuses %s', (_, broken) => {
    expect(broken(shipped)).not.toBe(shipped);
    expect(() => parseRiskRules(broken(shipped))).toThrow(expect.objectContaining({ code: 'risk-rules-invalid' }));
  });
});
