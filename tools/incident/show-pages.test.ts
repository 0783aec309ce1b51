import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dossier, ReportVersion } from '../../src/incident/record/port.ts';
import { narrativeFixture } from '../../src/incident/report/report.fixture.ts';
import { compileTimeline } from '../../src/incident/timeline/compile.ts';
import { actionOf } from './action.fixture.ts';
import { sliceOf } from './evidence-blocks.ts';
import { callTool, candidateOf, now, portsOver, scripted, shop, shopDossier } from './incident.fixture.ts';
import type { Reporter } from './port.ts';
import { show } from './show.ts';

const reporter = scripted<Reporter>('reporter', { compile: compileTimeline, recurrenceThreshold: 0.55 });
const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const minute = (index: number): Date => new Date(now.getTime() - 86_400_000 + index * 60_000);
const sample = firstOf(shopDossier.evidence);
const finding = firstOf(shopDossier.findings);

function firstOf<Item>([first]: readonly Item[]): Item {
  if (first === undefined) throw new Error('the sample has evidence and findings');
  return first;
}

/** A marked thing of every part, so that each is recognised on whatever page it is: `mark7;`. */
function manyOf(count: number, words: string): Dossier {
  const said = (index: number): string => `mark${index}; ${words}`;
  const version: ReportVersion = {
    narrative: narrativeFixture(),
    markdown: numbered(count).map(said).join('\n'),
    final: false,
    published: undefined,
    version: 1,
    at: now,
    by: 'claude',
    sha256: 'ab',
    supersedes: undefined,
    problems: numbered(8).map((index) => ({
      rule: `V${index + 1}`,
      severity: 'error',
      path: 'cause',
      message: words,
      fix: words,
    })),
  };
  return {
    ...shopDossier,
    triage: undefined,
    events: numbered(count).map((index) => ({
      seq: index + 1,
      at: minute(index),
      kind: 'evidence',
      text: said(index),
      by: 'claude',
      evidence: [],
    })),
    evidence: numbered(count).map((index) => ({
      ...sample,
      query: said(index),
      rows: [{ at: minute(index), precision: 'second', text: 'seen', about: `node-${index}`, quote: said(index) }],
    })),
    findings: numbered(count).map((index) => ({ ...finding, hypothesis: said(index), nextChecks: [words] })),
    candidates: numbered(count).map((index) => ({
      ...candidateOf({ title: said(index), cause: words }),
      verdict: undefined,
      reason: undefined,
    })),
    actions: numbered(count).map((index) => actionOf({ title: said(index) })),
    reports: [version],
  };
}

describe('incident_show', () => {
  it.each(['timeline', 'evidence', 'findings', 'history', 'actions', 'events', 'report'])(
    'tells everything of part %s, page by page, and nothing twice',
    async (part) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 40 }),
          fc.stringMatching(/^[a-zé ]{0,120}$/),
          fc.array(fc.integer({ min: 2_500, max: 8_000 }), { minLength: 1, maxLength: 5 }),
          async (count, words, budgets) => {
            const dossier = manyOf(count, words);
            const ports = portsOver({ record: { dossier: async () => dossier }, ports: { reporter } });
            const seen: number[] = [];
            let cursor: string | undefined;
            for (let page = 0; page < 100; page += 1) {
              const budget = budgets[page % budgets.length] ?? 8_000;
              const asked = { incident: shop.id, part, budget, ...(cursor === undefined ? {} : { cursor }) };
              const { text, bytes } = await callTool(show, ports, asked);
              expect(bytes).toBeLessThanOrEqual(budget);
              expect(text).not.toContain('[line cut]');
              seen.push(...[...text.matchAll(/mark(\d+);/g)].map(([, index]) => Number(index)));
              cursor = /next_cursor: (\S+)/.exec(text)?.[1];
              if (cursor === undefined) break;
            }
            expect(seen.toSorted((a, b) => a - b)).toEqual(numbered(count));
          },
        ),
        { numRuns: 15 },
      );
    },
    120_000,
  );
});

describe('slices of a text', () => {
  it('give all of it, in whole characters, whatever it is and however little fits', () => {
    const letters = fc.constantFrom('a', 'é', '€', '😀', '\uFFFD', '\n', '\n\n', 'x'.repeat(70));
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 60 }), fc.integer({ min: 1, max: 120 }), (parts, room) => {
        const whole = parts.join('');
        const bytes = Buffer.from(whole, 'utf8');
        let told = '';
        let from = 0;
        for (;;) {
          const { text, next } = sliceOf(whole, from, room);
          const isBroken = next !== undefined && next > from + Buffer.byteLength(text);
          told += text + (isBroken ? '\n' : '');
          if (next === undefined) break;
          expect(next).toBeGreaterThan(from);
          expect(next).toBeLessThan(bytes.length);
          from = next;
        }
        expect(told.replace(/\n$/, '')).toBe(whole.replace(/\n$/, ''));
      }),
    );
  });
});
