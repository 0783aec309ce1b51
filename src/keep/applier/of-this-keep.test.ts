import { expect, it } from 'vitest';
import { createRedactor } from '../../redaction/index.ts';
import { policyOf, shownDigest } from '../changes/document.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { SummaryQuestion } from '../runs/parts.ts';
import { emptySummary } from '../runs/stand-ins.fixture.ts';
import { type OfThisKeep, ofThisKeep } from './of-this-keep.ts';
import { createWorld } from './world.fixture.ts';

const tree = (id: string) => ({
  tree: id,
  files: [],
  source: { files: new Map() },
  graph: { stacks: new Map(), find: () => undefined, stacksUsing: () => [], dependantsOf: () => [] },
});

function scene() {
  const { document, profile } = createWorld();
  const asked: SummaryQuestion[] = [];
  const page = { files: [], others: [], executes: [], fetches: [], reaches: [] };
  const view = {
    summary: emptySummary,
    findings: [
      { rule: 'signed-before', verdict: 'warn', message: 'm' },
      { rule: 'sandbox-refused', verdict: 'warn', message: 'm' },
    ],
  };
  const change = { view, facts: { page } } as unknown as StoredChange;
  const config = {
    edit: { stacks: ['stacks/*'], agentMayEdit: [], never: [], modules: [], providers: [] },
    conventions: {},
    approval: { hours: 1, minutes: 1, twoPeople: ['high' as const], pending: 1 },
    repository: { url: 'https://git.example.net/homelab.git' },
  };
  const parts = {
    config,
    build: 'build 1',
    boundary: 'same user',
    changes: { stored: async () => change },
    parts: {
      judge: async () => [{ rule: 'found-now', verdict: 'warn', message: 'm' }],
      summarise: async (question: SummaryQuestion) => {
        asked.push(question);
        return {
          summary: {
            ...emptySummary,
            digest: 'a digest',
            complete: true,
            executes: ['provisioner local-exec of a'],
            risk: { level: 'high', reasons: [{ rule: 'r', level: 'high', sentence: 's', addresses: [] }] },
          },
          changes: true,
        };
      },
      explain: async ({ planned }: { planned: { diagnostics: readonly unknown[] } }) => [
        `${planned.diagnostics.length} masked`,
      ],
    },
    trees: { read: async (id: string) => tree(id) },
    repository: {
      git: {
        commit: async (id: string) => ({
          id,
          tree: `tree of ${id}`,
          parents: [],
          author: '',
          at: new Date(),
          subject: '',
        }),
        changes: async () => [{ path: 'stacks/mail/main.tf', before: undefined, after: undefined }],
      },
    },
    records: { get: async () => undefined },
    redactor: createRedactor(),
  } as unknown as OfThisKeep;
  return { document, profile, asked, page, view, config, keep: ofThisKeep(parts) };
}

const json = '{"format_version":"1.2","terraform_version":"1.12.0"}';

it('judges the plan as it was judged when its document was made', async () => {
  const { keep, document, profile, asked } = scene();
  const state = { lineage: 'l', serial: 3, sha256: 's', resources: 2 };
  const signal = new AbortController().signal;
  expect(await keep.judge({ document, profile, json, state, signal })).toEqual({
    semantic: 'a digest',
    format: '1.2',
    counts: emptySummary.counts,
    executes: ['provisioner local-exec of a'],
    complete: true,
    risk: { level: 'high', rules: ['r'] },
  });
  const [question] = asked;
  expect(question).toMatchObject({
    stack: 'stacks/mail',
    planned: { json, state },
    base: { tree: `tree of ${document.repository.base}` },
    proposed: { tree: document.repository.tree },
  });
  // What was signed counts, and what is found only now; what the sandbox refused was no part of the judgement.
  expect(question?.findings.map(({ rule }) => rule)).toEqual(['signed-before', 'found-now']);
});

it('tells what this keep is, has and shows', async () => {
  const { keep, document, page, view, config } = scene();
  expect(keep.keep).toMatchObject({ url: config.repository.url, boundary: 'same user', twoPeople: ['high'] });
  expect(keep.keep.policy()).toEqual(policyOf(config, 'build 1'));
  const shown = shownDigest({ summary: view.summary, findings: view.findings as never, page });
  expect(await keep.keep.shown(document.change)).toBe(shown);
});

it('shows an instance by its block where its key stands nowhere in the source, and no words that are not masked', async () => {
  const { keep, document, profile } = scene();
  const print = await keep.words.printer(document, profile);
  expect(print('module.a["secret"].kubectl_manifest.b[0]')).toBe('module.a.kubectl_manifest.b');
  const diagnostics = [{ summary: 'a', detail: 'b' }];
  expect(await keep.words.explain({ document, profile, json, diagnostics })).toEqual(['1 masked']);
});
