import { CastellanError } from '../../kit/index.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { ChangesOptions } from './options.ts';

/**
 * Whether the world a change was planned on is still there. Each answer is why not, in our words; undefined: as far as can be seen.
 * What cannot be asked now is asked again later, and by the applier in any case.
 */
type FreshnessParts = Pick<ChangesOptions, 'repository' | 'trees' | 'landing' | 'records' | 'log'>;

export async function movedSince(change: StoredChange, parts: FreshnessParts): Promise<string | undefined> {
  return (
    (await movedUnder(change, parts)) ?? (await branchMoved(change, parts)) ?? (await stateMoved(change, parts.records))
  );
}

/** The trusted base: another one was adopted, or landed, that says something else of this stack or of these files. */
export async function movedUnder(
  { view, facts }: StoredChange,
  { repository, trees }: Pick<FreshnessParts, 'repository' | 'trees'>,
): Promise<string | undefined> {
  const base = await repository.base();
  if (base.tree === facts.baseTree) return undefined;
  const moved = (await repository.git.changes(facts.baseTree, base.tree)).map(({ path }) => path);
  const own = new Set(view.changedFiles.map(({ path }) => path));
  const graphs = await Promise.all([facts.baseTree, base.tree].map(async (tree) => (await trees.read(tree)).graph));
  const isInside =
    moved.some((path) => own.has(path)) || graphs.some((graph) => graph.stacksUsing(moved).includes(view.stack));
  return isInside
    ? `the trusted base moved to ${base.id}, which changes what ${view.stack} is made of: propose it again`
    : undefined;
}

async function branchMoved(
  { view, facts }: StoredChange,
  { landing, log }: Pick<FreshnessParts, 'landing' | 'log'>,
): Promise<string | undefined> {
  if (facts.document === undefined) return undefined;
  try {
    const moved = await landing.moved(facts.document);
    if (moved.where !== 'inside') return undefined;
    const [first = 'its files', ...others] = moved.paths;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `the branch moved to ${moved.head}, which changes what ${view.stack} is made of (${first}${more}): adopt it, then propose again`;
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    log.warn({ err: error, change: view.id }, 'change.branch.unseen');
    return undefined;
  }
}

/** What the keep itself saw of the state since. One that policy denied may be denied for that very record. */
async function stateMoved(
  { view, facts: { document } }: StoredChange,
  records: FreshnessParts['records'],
): Promise<string | undefined> {
  if (document === undefined || document.risk.level === 'deny') return undefined;
  const record = await records.get(view.stack);
  if (record === undefined) return undefined;
  const { state } = document;
  if (
    state !== null &&
    record.lineage === state.lineage &&
    record.serial === state.serial &&
    record.sha256 === state.sha256
  ) {
    return undefined;
  }
  const was = state === null ? 'was not there' : `had serial ${state.serial}`;
  return `the state of ${view.stack} ${was} when it was planned, and has serial ${record.serial} now: propose it again`;
}
