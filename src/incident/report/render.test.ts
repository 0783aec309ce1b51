import fc from 'fast-check';
import { lexer, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { stripHiddenCharacters } from '../../kit/index.ts';
import { compileTimeline } from '../timeline/compile.ts';
import { evidenceIds } from './dossier.fixture.ts';
import { readPage } from './page.ts';
import type { ReportInput } from './port.ts';
import { renderReport, sectionTitles } from './render.ts';
import { reportInputFixture } from './report.fixture.ts';
import { validate } from './validate.ts';

const nasty = [
  '|',
  '\n',
  '\r\n',
  '---',
  '\n---\n',
  '```',
  '````',
  '~~~',
  '<script>',
  '</td>',
  '<!--',
  '-->',
  '<img src=x onerror=y>',
  '](',
  '[a](b)',
  '![x](http://192.0.2.1/)',
  'http://evil.example.net/',
  'www.example.net',
  'a@example.net',
  '# ',
  '## Severity',
  '- ',
  '1. ',
  '> ',
  '\\',
  '\\|',
  '&lt;',
  '&#60;',
  '*',
  '_',
  '$',
  '"',
  "'",
  ': ',
  '{',
  '}',
  '!!js',
  '&a',
  '*a',
  '\u202e',
  '\u200b',
  '\u001b[31m',
  '\u0000',
  '\ud800',
  '    ',
  '\t',
  '[^1]',
  '- [ ] ',
  '<https://evil.example.net>',
  '| --- |',
  '[ref]: http://evil.example.net',
  '|\n|',
  '\u2028',
  '%{',
  '```text',
  'ev_zzzzzzzz',
  '2026-11-20T14:02',
  '9h',
  '1e9',
  '٣',
] as const;
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 6 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

/** What ends a fence, a cell or the front matter, and then says something of its own. */
const attacks = [
  '```\n\n## Severity\n\n<script>x</script>\n\n```',
  '`````\n\n![x](http://192.0.2.1/x.png)\n',
  '| a | b |\n| --- | --- |\n| c | d |',
  'x |\n\n<iframe src="http://192.0.2.1/">',
  '"\n---\nseverity: "none"\n',
  '\\| a | b',
];

/** The same text wherever somebody else can put one. */
function filledWith(text: string, shape = {}): ReportInput {
  const input = reportInputFixture({ history: 'recurrence', ...shape });
  const { narrative, dossier } = input;
  const bad = <Claim extends { text: string }>(claim: Claim): Claim => ({ ...claim, text, quote: text });
  const kept = {
    ...dossier,
    evidence: dossier.evidence.map((one) => ({
      ...one,
      query: text,
      problem: text,
      rows: one.rows.map((row) => ({ ...row, text, about: text, quote: text })),
    })),
    candidates: dossier.candidates.map((one) => ({
      ...one,
      title: text,
      reason: text,
      actions: one.actions.map((action) => ({ ...action, title: text })),
    })),
    triage: dossier.triage && {
      ...dossier.triage,
      rules: dossier.triage.rules.map((rule) => ({ ...rule, rule: text, why: text })),
      unread: [{ what: text, why: text }],
    },
    marks: compileTimeline(dossier).map(({ key }, index) =>
      index % 3 === 0 ? { row: key, excluded: { reason: text } } : { row: key, note: text },
    ),
  };
  return {
    ...input,
    dossier: kept,
    timeline: compileTimeline(kept),
    payloads: new Map([...input.payloads.keys()].map((id) => [id, text])),
    narrative: {
      ...narrative,
      title: text,
      authors: [text],
      services: [text],
      namespaces: [text],
      severityOverride: { severity: 'SEV1', by: text, reason: text },
      summary: narrative.summary.map(bad),
      impact: {
        ...narrative.impact,
        users: narrative.impact.users.map(bad),
        dataLoss: bad(narrative.impact.dataLoss),
        duration: text,
      },
      cause: {
        steps: narrative.cause.steps.map((step) => ({ ...step, claim: bad(step.claim), leadsTo: [text] })),
        ruledOut: narrative.cause.ruledOut.map(bad),
        contributing: narrative.cause.contributing.map(bad),
      },
      detection: { ...narrative.detection, how: bad(narrative.detection.how), timeToDetect: text },
      recurrence: { ...narrative.recurrence, text, of: [text] },
      actions: narrative.actions.map((action) => ({
        ...action,
        title: text,
        owner: text,
        path: text,
        draft: { language: 'yaml' as const, text },
        verify: { kind: 'manual' as const, why: text },
      })),
      lessons: { well: [text], poorly: [text], lucky: [text] },
      clockNotes: [text],
      correction: { reason: text },
    },
  };
}

function tablesOf(markdown: string): readonly Tokens.Table[] {
  const body = markdown.replace(/^---\n[\s\S]*?\n---\n/, '');
  return lexer(body).filter((token: Token): token is Tokens.Table => token.type === 'table');
}

describe('a report', () => {
  it('has the same bytes for the same input', () => {
    expect(renderReport(reportInputFixture())).toBe(renderReport(reportInputFixture()));
  });

  it('has every section, in order, and its times from the record', () => {
    const markdown = renderReport(reportInputFixture());
    const page = readPage(markdown);
    expect([...page.sections.keys()]).toEqual(sectionTitles);
    expect(page.frontMatter).toMatchObject({
      incident_id: 'inc_shopweb234',
      severity: 'SEV2',
      severity_rules: ['user-facing-service-down'],
      started_at: '2026-11-20T14:04:10Z',
      resolved_at: '2026-11-20T14:54:10Z',
    });
    expect(page.sections.get('Detection')).toContain('Time to detect: 27m.');
    expect(page.sections.get('Resolution')).toContain('Time to resolve: 50m.');
    expect(page.sections.get('Coverage')).toContain(evidenceIds.metrics);
  });

  it('keeps texts of others to letters: front matter, tables, headings, fences, links', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const input = filledWith(text);
        const markdown = renderReport(input);
        const page = readPage(markdown);
        expect(page.frontMatter).toMatchObject({ incident_id: 'inc_shopweb234', severity: 'SEV1', version: 1 });
        expect([...page.sections.keys()]).toEqual(sectionTitles);
        expect(page.html).toEqual([]);
        expect(page.images).toEqual([]);
        expect(page.links.filter((href) => !/^#ev_[a-z2-7]{8}$/.test(href))).toEqual([]);
        const [timeline, candidates, actions, ...others] = tablesOf(markdown);
        expect(timeline?.rows.length).toBe(input.timeline.filter(({ excluded }) => excluded === undefined).length);
        expect(candidates?.rows.map((row) => row.length)).toEqual([4]);
        expect(actions?.rows.map((row) => row.length)).toEqual([9, 9]);
        expect(actions?.rows.map((row) => row[1]?.text)).toEqual(['detect', 'prevent']);
        expect(others).toEqual([]);
        expect(markdown).toBe(stripHiddenCharacters(markdown));
      }),
      { numRuns: 150, examples: attacks.map((text) => [text]) },
    );
  });

  it('is held against its record without an exception, whatever it says', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, ongoing) => {
        const { valid } = validate(filledWith(text, { ongoing }));
        expect(valid).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('of dates that are none is still a report', () => {
    const input = reportInputFixture();
    const none = new Date(Number.NaN);
    const incident = { ...input.dossier.incident, startedAt: none, resolvedAt: none, window: { from: none, to: none } };
    const evidence = input.dossier.evidence.map((one) => ({
      ...one,
      from: none,
      to: none,
      rows: one.rows.map((row) => ({ ...row, at: none })),
    }));
    const dossier = { ...input.dossier, incident, evidence };
    expect(validate({ ...input, dossier, timeline: compileTimeline(dossier) }).valid).toBe(false);
  });
});
