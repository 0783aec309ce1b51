import type { Finding } from '../../change/finding.ts';
import { blockAddress } from '../../change/plan/address.ts';
import { readPlan } from '../../change/plan/read-plan.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import { createOrigins } from '../../iac/origin/origins.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { policyOf, shownDigest } from '../changes/document.ts';
import type { ChangesInside } from '../changes/inside.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { RecordTable } from '../journal/record-table.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import { judgeTrees, touchedBy } from '../runs/judging.ts';
import type { RunParts } from '../runs/parts.ts';
import type { Trees } from '../runs/trees.ts';
import { writableView } from '../runs/view-text.ts';
import { sourcesOf } from '../stacks/sources.ts';
import type { KeepNow } from './bound.ts';
import type { ApplierOptions } from './create.ts';

export interface OfThisKeep {
  readonly config: Pick<KeepConfig, 'edit' | 'conventions' | 'approval'> & {
    readonly repository: Pick<KeepConfig['repository'], 'url'>;
  };
  /** As the changes have it. */
  readonly build: string;
  readonly boundary: KeepNow['boundary'];
  readonly changes: Pick<ChangesInside, 'stored'>;
  readonly parts: Pick<RunParts, 'judge' | 'summarise' | 'explain'>;
  readonly trees: Trees;
  readonly repository: { readonly git: Pick<TrustedRepository['git'], 'commit' | 'changes'> };
  readonly records: Pick<RecordTable, 'get'>;
  readonly redactor: Pick<Redactor, 'text'>;
}

/** What this keep would say of a change now, by the very parts that made its document. */
export function ofThisKeep(parts: OfThisKeep): Pick<ApplierOptions, 'keep' | 'judge' | 'words'> {
  const { config, build, boundary, trees, repository, redactor } = parts;
  const treesOf = async ({ repository: { base, tree } }: Parameters<ApplierOptions['judge']>[0]['document']) => ({
    base: await trees.read((await repository.git.commit(base)).tree),
    proposed: await trees.read(tree),
  });
  return {
    keep: {
      url: config.repository.url,
      boundary,
      twoPeople: config.approval.twoPeople,
      policy: () => policyOf(config, build),
      shown: async (change) => {
        const { view, facts } = await parts.changes.stored(change);
        return shownDigest({ summary: view.summary, findings: view.findings, page: facts.page });
      },
    },
    judge: async ({ document, profile, json, state, signal }) => {
      const { stack } = document;
      const both = await treesOf(document);
      const changes = await repository.git.changes(both.base.tree, both.proposed.tree);
      const { findings } = await judgeTrees({ ...both, changes, stack, profile }, parts.parts);
      const { view } = await parts.changes.stored(document.change);
      const { summary } = await parts.parts.summarise({
        ...both,
        planned: { outcome: 'planned', engine: '', took: {}, state, json, planSha256: document.plan.sha256 },
        stack,
        profile,
        findings: [...signedFindings(view), ...findings],
        touched: touchedBy(changes, both.base, both.proposed),
        record: await parts.records.get(stack),
        signal,
      });
      const { digest, counts, executes, complete, risk } = writableView(summary, redactor);
      return {
        semantic: digest,
        format: readPlan(json).formatVersion,
        counts,
        executes,
        complete,
        risk: { level: risk.level, rules: risk.reasons.map(({ rule }) => rule) },
      };
    },
    words: {
      printer: async (document, profile) => {
        const { base, proposed } = await treesOf(document);
        const origins = [
          createOrigins(await sourcesOf(proposed, document.stack, profile)),
          createOrigins(await sourcesOf(base, document.stack, profile)),
        ];
        // As in a plan: an instance is named where its key stands in the source.
        return (address) => (origins.some((one) => one.hasLiteralKeys(address)) ? address : blockAddress(address));
      },
      explain: async ({ document, profile, json, diagnostics }) =>
        parts.parts.explain({
          ...(await treesOf(document)),
          planned: {
            outcome: 'failed',
            engine: '',
            took: {},
            state: undefined,
            step: 'plan',
            ended: 'exit',
            diagnostics,
            json,
          },
          stack: document.stack,
          profile,
        }),
    },
  };
}

/** Those of the change were signed with its page. What the sandbox refused while it was planned was no part of the judgement. */
function signedFindings({ findings }: Pick<ChangeView, 'findings'>): readonly Finding[] {
  return findings
    .filter(({ rule }) => rule !== 'sandbox-refused')
    .map(({ rule, verdict, message }) => ({ rule, verdict, message }));
}
