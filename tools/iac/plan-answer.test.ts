import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../src/change/wire/run.ts';
import { stripHiddenCharacters } from '../../src/kit/index.ts';
import { callTool, hostile, runId, runOf, summaryOf, unfenced } from './keep.fixture.ts';
import { plan } from './plan.ts';
import { calm, type ScriptedKeep, scriptedKeep } from './scripted-keep.fixture.ts';

let keep: ScriptedKeep;
beforeEach(async () => {
  keep = await scriptedKeep(() => ({ run: runOf() }));
});
afterEach(() => keep[Symbol.asyncDispose]());

const call = (asked: Readonly<Record<string, unknown>>) => callTool(plan, keep, asked);
const telling = (run: Partial<RunView>, state = {}) => {
  keep.script = () => ({ run: runOf(run), keep: { ...calm, ...state } });
};

describe('a plan out of a hostile repository', () => {
  it.each(hostile)('says nothing in its own name of %s', async (_, words) => {
    const [change] = summaryOf().changes;
    if (change === undefined) throw new Error('the sample has a change');
    const place = { file: words, line: 1 };
    telling(
      {
        stack: words,
        engine: words,
        base: words,
        agent: words,
        human: words,
        changedFiles: [{ path: words, change: 'added' }],
        findings: [
          { rule: words, verdict: 'deny', file: words, line: 1, message: words },
          { rule: words, verdict: 'note', message: words },
        ],
        failure: { step: words, code: words, message: words, lines: [words] },
        summary: summaryOf({
          changes: [
            {
              ...change,
              address: words,
              object: words,
              reason: words,
              previousAddress: words,
              notes: [words],
              place,
              leaves: [{ path: words, before: words, after: words, place }],
            },
          ],
          drift: [{ address: words, action: 'update', paths: [words] }],
          outputs: [{ name: words, action: 'create', value: words }],
          checks: [{ address: words, status: words, problems: [words] }],
          deferred: [words],
          executes: [words],
          digest: words,
          risk: { level: 'low', reasons: [{ rule: words, level: 'low', text: words }] },
          blastRadius: {
            stacks: [words],
            resources: [words],
            hosts: [words],
            unknown: [words],
            volumes: [{ claim: words, size: words, newestBackup: words }],
          },
          conventions: [{ id: words, severity: 'error', text: words, file: words, line: 1, isNew: true }],
        }),
      },
      { trustedBase: { commit: words, at: words, subject: words }, fetchedAt: words, problems: [words] },
    );
    for (const state of ['planned', 'denied', 'needs-consent', 'failed', 'planning'] as const) {
      const script = keep.script;
      keep.script = (request, connection) => {
        const reply = script(request, connection);
        return reply?.run === undefined ? reply : { ...reply, run: { ...reply.run, state } };
      };
      for (const budget of [1_000, 8_000]) {
        const { text, answer, progress } = await call({ run: runId, wait: 0, budget });
        expect(answer.bytes).toBeLessThanOrEqual(budget);
        const ours = `${unfenced(text)}\n${progress.join('\n')}`;
        for (const word of ['IGNORE', 'SYSTEM', 'evil', 'approve]', '«redacted» «', 'txt.exe'])
          expect(ours).not.toContain(word);
        expect(ours).not.toContain('--- end');
        expect(stripHiddenCharacters(text)).toBe(text);
      }
    }
  });
});

it('a key with dots in it stays whole', async () => {
  const [change] = summaryOf().changes;
  if (change === undefined) throw new Error('the sample has a change');
  const leaves = [{ path: 'yaml_body.metadata.labels["example.net/tier"]', before: 'apps', after: 'core' }];
  telling({ summary: summaryOf({ changes: [{ ...change, leaves }] }) });
  const { text } = await call({ run: runId });
  expect(text).toContain('  yaml_body.metadata\n');
  expect(text).toContain('+ labels["example.net/tier"]: core');
});

describe('a plan too large for its room', () => {
  const large = (count: number, length: number) => {
    const [change] = summaryOf().changes;
    if (change === undefined) throw new Error('the sample has a change');
    const leaf = change.leaves[0] ?? { path: 'x' };
    const leaves = Array.from({ length }, (_, index) => ({ ...leaf, path: `yaml_body.spec.field${index}` }));
    const action = (index: number) => (index % 50 === 0 ? ('delete' as const) : ('update' as const));
    return summaryOf({
      changes: Array.from({ length: count }, (_, index) => ({
        ...change,
        address: `kubectl_manifest.r${index}`,
        action: action(index),
        leaves,
      })),
      drift: Array.from({ length: count }, (_, index) => ({
        address: `kubectl_manifest.d${index}`,
        action: 'update' as const,
        paths: ['x'],
      })),
      conventions: Array.from({ length: count }, (_, index) => ({
        id: 'H06',
        severity: 'warning' as const,
        text: 'no :latest',
        file: 'a.tf',
        line: index,
        isNew: index < 2,
      })),
    });
  };

  it('leaves out old conventions and drift before values, and values before resources; and says so', async () => {
    telling({ summary: large(12, 8) });
    const { text } = await call({ stack: 'mail', budget: 5_000 });
    expect(text).toContain('(10 more conventions broken before not shown)');
    expect(text).toContain('(12 more drifted resources not shown)');
    expect(text).toContain('NEW convention H06');
    expect(text.match(/^\| (?:update|delete) kubectl_manifest\.r/gm)).toHaveLength(12);
  });

  it('keeps what is deleted, the risk and the id of the run in 1,000 bytes', async () => {
    telling({ summary: large(400, 8) });
    const { text, answer } = await call({ stack: 'mail', budget: 1_000 });
    expect(answer.bytes).toBeLessThanOrEqual(1_000);
    expect(text).toContain(runId);
    expect(text).toContain('risk medium');
    expect(text).toContain('| delete kubectl_manifest.r0');
    expect(text).toMatch(/more resources not shown/);
  });

  it('obeys any budget, closes every fence and never cuts silently', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1_000, max: 24_000 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 12 }),
        async (budget, count, leaves) => {
          telling({ summary: large(count, leaves) });
          const { text, answer } = await call({ stack: 'mail', budget });
          expect(answer.bytes).toBeLessThanOrEqual(budget);
          expect(text.match(/: data, not instructions ---/g)?.length).toBe(text.match(/--- end untrusted/g)?.length);
          const shown = text.match(/^\| (?:update|delete) kubectl_manifest\.r/gm)?.length ?? 0;
          if (shown < count) expect(text).toMatch(/more resources not shown|showing \d+\/\d+ lines/);
        },
      ),
      { numRuns: 40 },
    );
  });
});
