import type { SourceTree, TreeChange } from '../../iac/repository.ts';
import type { Redact } from '../../kit/index.ts';
import { type Finding, verdicts } from '../finding.ts';
import { shownPath } from '../gate/path-names.ts';
import { folderOf, isInside, isJsonSource, isSource, isTerragrunt, isVariables } from './folders.ts';
import { lostGuards, lostMarks, lostProviders } from './guards.ts';
import { aloneInstance, type Instance, instancesOf } from './instances.ts';
import { secretLiterals } from './literals.ts';
import { createMeanings, type Meanings } from './meanings.ts';
import { Unjudgeable } from './problem.ts';
import { callRules } from './rules/calls.ts';
import { dataRules } from './rules/data.ts';
import { executionRules } from './rules/execution.ts';
import { moduleFolderRules, moduleRules } from './rules/modules.ts';
import { oracleRules } from './rules/oracles.ts';
import { providerFolderRules, providerNameOf, providerRules } from './rules/providers.ts';
import { settingFolderRules, stateSightings } from './rules/settings.ts';
import { terragruntSightings } from './rules/terragrunt.ts';
import { newSightings, type Sighting } from './sighting.ts';
import type { Site } from './site.ts';
import { surroundingsOf } from './surroundings.ts';
import { templateFindings } from './templates.ts';
import { readTree, rememberingParser, type Tree } from './tree.ts';

/**
 * The scan: what a proposal would make a plan read, run or tell, by its sources alone. Both trees are parsed and compared by
 * meaning; what stands in the base already is nobody's news.
 *
 *  sighting     something that matters if it is new: a block or an expression with all that it reads
 *  retargeted   its words are the same, and what they are made of is not
 */
export interface ScanInput {
  /** Every text file of either tree, data too: what a file function reads is followed. */
  readonly base: SourceTree;
  readonly proposed: SourceTree;
  /** Every path that differs, those that are no text too. */
  readonly changes: readonly TreeChange[];
  /** The folder that is to be planned. */
  readonly stack: string;
  /** Provider addresses that may be used. */
  readonly providers: readonly string[];
  readonly redact: Redact;
}

/** Sorted: what denies first, then by file and line. Empty when nothing differs. It never throws because of the sources. */
export async function scanSources(input: ScanInput): Promise<readonly Finding[]> {
  const differing = differingPaths(input);
  if (differing.size === 0) return [];
  let findings: readonly Finding[];
  try {
    findings = await findAll(input, differing);
  } catch (error) {
    // A stack that overflows is a text made for it.
    if (error instanceof Unjudgeable) findings = [denial(error)];
    else if (error instanceof RangeError) findings = [denial(tooDeep)];
    else throw error;
  }
  const shown = findings.map((finding) => ({
    ...finding,
    ...(finding.file === undefined ? {} : { file: shownPath(finding.file) }),
    message: input.redact(finding.message).text,
  }));
  const unique = new Map(shown.map((each) => [`${each.rule} ${each.file} ${each.line} ${each.message}`, each]));
  return [...unique.values()].sort(bySeverity);
}

const tooDeep = new Unjudgeable('scan-too-large', 'it is nested deeper than the scan follows: flatten it');

function differingPaths({ base, proposed, changes }: ScanInput): ReadonlySet<string> {
  const paths = new Set(changes.map(({ path }) => path));
  for (const [path, text] of base.files) if (proposed.files.get(path) !== text) paths.add(path);
  for (const [path, text] of proposed.files) if (base.files.get(path) !== text) paths.add(path);
  return paths;
}

async function findAll(input: ScanInput, differing: ReadonlySet<string>): Promise<readonly Finding[]> {
  const { base, proposed, stack, redact } = input;
  assertReadable(input, differing);
  const parse = rememberingParser();
  const changedFolders = [...differing].filter((path) => isSource(path) || isJsonSource(path)).map(folderOf);
  const folders = [...new Set([stack, ...changedFolders])].sort();
  const read = (side: Tree['side'], { files }: SourceTree, start: readonly string[]) =>
    readTree({ side, texts: files, folders: start, differing }, parse);
  // A folder that one side reaches is read on both: what left a module is compared with what it was.
  const first = [await read('base', base, folders), await read('proposed', proposed, folders)];
  const all = [...new Set(first.flatMap(({ modules }) => [...modules.keys()]))].sort();
  const before = await read('base', base, all);
  const after = await read('proposed', proposed, all);

  const sides = [before, after];
  const knownProviders = providersIn(before);
  const roots = rootsOf(sides, stack, folders);
  // What reads something depends on where it is called from; what is only written does not.
  const instanceRules = [providerRules, dataRules, callRules, moduleRules, executionRules(redact), oracleRules];
  const folderRules = [providerFolderRules, settingFolderRules, moduleFolderRules];
  const watch = (tree: Tree): Watched => {
    const meanings = createMeanings(surroundingsOf(tree, sides, differing));
    const siteOf = (instance: Instance): Site => ({
      tree,
      instance,
      meanings,
      differing,
      providers: input.providers,
      knownProviders,
    });
    const called = roots.flatMap((root) => instancesOf(tree, root)).map(siteOf);
    const folders = [...tree.modules.values()].map((module) => siteOf(aloneInstance(module)));
    const terragrunt = tree.terragrunt.flatMap((file) => terragruntSightings(file, redact));
    return {
      meanings,
      sightings: [
        ...called.flatMap((site) => instanceRules.flatMap((rule) => rule(site))),
        ...folders.flatMap((site) => folderRules.flatMap((rule) => rule(site))),
        ...terragrunt,
      ],
      state: [...folders.flatMap(stateSightings), ...terragrunt.filter(({ rule }) => rule === 'scan-state')],
    };
  };
  const old = watch(before);
  const current = watch(after);
  return [
    ...newSightings(old.sightings, current.sightings).map(findingOf),
    ...newSightings(current.state, old.state).map(findingOf),
    ...lostGuards(before, after),
    ...lostMarks(before, after),
    ...lostProviders(before, after),
    ...secretLiterals(base.files, proposed.files, differing, redact),
    ...(await templateFindings(base.files, proposed.files, differing)),
    ...after.problems.map(denial),
    ...unseen(input, after),
    ...jsonSources(after),
    ...(current.meanings.cyclic ? [cycle] : []),
  ];
}

interface Watched {
  readonly meanings: Meanings;
  readonly sightings: readonly Sighting[];
  readonly state: readonly Sighting[];
}

/** The stack, and every changed folder that is no module of it on either side: the same roots for both. */
function rootsOf(sides: readonly Tree[], stack: string, folders: readonly string[]): readonly string[] {
  const used = new Set(sides.flatMap((tree) => instancesOf(tree, stack).map(({ module }) => module.folder)));
  return [stack, ...folders.filter((folder) => folder !== stack && !used.has(folder))];
}

const largestText = 2_000_000;

function assertReadable({ base, proposed }: ScanInput, differing: ReadonlySet<string>): void {
  for (const path of differing) {
    const length = Math.max(base.files.get(path)?.length ?? 0, proposed.files.get(path)?.length ?? 0);
    if (length > largestText)
      throw new Unjudgeable('scan-too-large', 'the file is larger than the scan reads: split it', { file: path });
  }
}

/** Provider names that something in the base uses or declares. */
function providersIn({ modules }: Tree): ReadonlySet<string> {
  return new Set(
    [...modules.values()].flatMap(({ blocks }) =>
      blocks.flatMap(({ block }) => {
        if (block.type === 'resource' || block.type === 'data' || block.type === 'ephemeral') {
          return [providerNameOf(block.labels[0] ?? '')];
        }
        if (block.type !== 'terraform') return [];
        return block.body.blocks
          .filter(({ type }) => type === 'required_providers')
          .flatMap(({ body }) => body.attributes.map(({ name }) => name));
      }),
    ),
  );
}

/** A link, or something that is no text or too long, where sources are, or beside them where a template may be. */
function unseen({ changes, base, proposed }: ScanInput, { modules }: Tree): readonly Finding[] {
  const folders = [...modules.keys()];
  return changes
    .filter(
      ({ path, before, after }) =>
        (after !== undefined && !proposed.files.has(path)) || (before !== undefined && !base.files.has(path)),
    )
    .flatMap(({ path }): readonly Finding[] => {
      if (isSource(path) || isJsonSource(path) || isTerragrunt(path) || isVariables(path)) {
        return [
          {
            rule: 'scan-unseen-source',
            verdict: 'deny',
            file: path,
            message: 'this is or was a link or no text, so what it says cannot be judged: a human changes it in git',
          },
        ];
      }
      if (!folders.some((folder) => isInside(folder, path))) return [];
      return [
        {
          rule: 'scan-unseen-data',
          verdict: 'consent',
          file: path,
          message:
            'this is a link, no text or very long, so nobody can say what reading it would do: a human has to consent',
        },
      ];
    });
}

function jsonSources({ jsonSources: paths }: Tree): readonly Finding[] {
  return paths.map((file) => ({
    rule: 'scan-json-source',
    verdict: 'consent',
    file,
    message:
      'configuration written as JSON is not followed by the scan, and something around it changed: a human has to consent',
  }));
}

const cycle: Finding = {
  rule: 'scan-cycle',
  verdict: 'consent',
  message:
    'something refers to itself, so the scan may have missed what it is made of: untie it, or let a human consent',
};

function findingOf({ rule, verdict, file, line, message }: Sighting): Finding {
  return { rule, verdict, file, line, message };
}

function denial({ rule, message, file, line }: Unjudgeable): Finding {
  return {
    rule,
    verdict: 'deny',
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    message,
  };
}

function bySeverity(one: Finding, other: Finding): number {
  const key = ({ file = '', rule, message }: Finding): string => `${file} ${rule} ${message}`;
  return (
    verdicts.indexOf(one.verdict) - verdicts.indexOf(other.verdict) ||
    compare(one.file ?? '', other.file ?? '') ||
    (one.line ?? 0) - (other.line ?? 0) ||
    compare(key(one), key(other))
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
