import { diffLines } from '../../change/set/line-diff.ts';
import type { PlanSummary } from '../../change/wire/run.ts';
import type { TreeChange } from '../../iac/repository.ts';
import { CastellanError, hiddenSequences } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { KeepConfig, Profile } from '../config/valid.ts';
import type { ChangePage } from '../console/page.ts';
import type { Journal } from '../journal/journal.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import type { Tree } from '../runs/parts.ts';
import { writableView } from '../runs/view-text.ts';
import { verbatimOf } from './verbatim.ts';

export interface PageQuestion {
  readonly base: Tree;
  readonly proposed: Tree;
  readonly baseCommit: string;
  readonly changes: readonly TreeChange[];
  readonly stack: string;
  readonly profile: Profile;
  /** Undefined: not planned yet. */
  readonly summary: PlanSummary | undefined;
}

export interface PageParts {
  readonly repository: Pick<TrustedRepository, 'git'>;
  readonly journal: { readonly landed: Pick<Journal['landed'], 'all'> };
  readonly config: { readonly repository: Pick<KeepConfig['repository'], 'branch'> };
  readonly redactor: Pick<Redactor, 'text'>;
}

const linesOfFile = 400;
const linesOfAll = 4_000;
const mostFiles = 300;
const mostOthers = 50;

/** What a human is shown beside the plan. Source text only, redacted; characters nobody would see are written out. */
export async function pageOf(question: PageQuestion, parts: PageParts): Promise<ChangePage> {
  const { proposed, stack, profile, summary } = question;
  const verbatim = await verbatimOf(proposed, stack, summary?.executes ?? []);
  const page: ChangePage = {
    files: filesOf(question),
    others: await othersOf(question.baseCommit, parts),
    executes: verbatim.executes.map(({ what, text }) => ({ what, text: visible(text) })),
    fetches: [...chartsOf(profile, stack, proposed), ...verbatim.fetches],
    reaches: reachesOf(profile),
  };
  return writableView(page, parts.redactor);
}

function filesOf({ base, proposed, changes }: PageQuestion): ChangePage['files'] {
  let left = linesOfAll;
  const shown = changes.slice(0, mostFiles).map(({ path, before, after }): ChangePage['files'][number] => {
    const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'modified';
    const [old, made] = [base.source.files.get(path), proposed.source.files.get(path)];
    // A side that is there and is no text (a link, a binary, ciphertext) makes the whole no text.
    if ((before !== undefined && old === undefined) || (after !== undefined && made === undefined)) {
      return { path: visible(path), change, more: 0 };
    }
    const { text, more } = diffLines(old, made, Math.min(linesOfFile, left));
    left -= text.split('\n').length;
    const mode = before !== undefined && after !== undefined && before.mode !== after.mode;
    return {
      path: visible(path),
      change,
      text: visible(mode ? `mode ${before.mode} → ${after.mode}\n${text}` : text),
      more,
    };
  });
  const unshown = changes.length - shown.length;
  return unshown <= 0
    ? shown
    : [...shown, { path: `… ${unshown} more files, which are not shown`, change: 'modified', more: unshown }];
}

/** A character that changes how a line reads without being seen stands there as what it is. */
function visible(text: string): string {
  return text.replace(hiddenSequences, (sequence) =>
    [...sequence]
      .map((character) => `«U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}»`)
      .join(''),
  );
}

async function othersOf(
  base: string,
  { repository: { git }, config: { repository }, journal }: PageParts,
): Promise<ChangePage['others']> {
  try {
    const own = new Set((await journal.landed.all()).map(({ id }) => id));
    const commits = await git.commitsBetween(base, await git.resolve(repository.branch), mostOthers);
    return commits
      .filter(({ id }) => !own.has(id))
      .map(({ id, author, at, subject }) => ({ commit: id, author, at: at.toISOString(), subject }));
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    const at = new Date(0).toISOString();
    return [{ commit: base, author: 'unknown', at, subject: `the branch could not be read: ${error.code}` }];
  }
}

function chartsOf({ charts }: Profile, stack: string, tree: Tree): readonly string[] {
  const folders = [stack, ...(tree.graph.stacks.get(stack)?.modules ?? [])];
  const uses = [...tree.source.files].some(
    ([path, text]) => folders.some((folder) => path.startsWith(`${folder}/`)) && text.includes('helm_release'),
  );
  return uses
    ? (charts?.charts ?? []).map(
        ({ repository, name, version, sha256 }) => `chart ${name} ${version} of ${repository} (sha256 ${sha256})`,
      )
    : [];
}

function reachesOf({ endpoints, kubernetes, state, apply }: Profile): ChangePage['reaches'] {
  const cluster = apply?.kubernetes ?? kubernetes;
  const context = cluster?.context === undefined ? '' : `, context ${cluster.context}`;
  return [
    ...(cluster === undefined ? [] : [`the Kubernetes API of the profile's kubeconfig${context}`]),
    ...endpoints.map(({ host, port, to }) => `${host}:${port}, which is ${to.host}:${to.port}`),
    ...(state.kind === 'pg' ? ['the Postgres that holds the state'] : []),
    ...(state.kind === 'sops' ? [`the encrypted state ${state.encrypted}`] : []),
  ];
}
