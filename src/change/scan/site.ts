import type { HclBlock, HclExpression, HclRange } from '../../iac/hcl/syntax.ts';
import type { Verdict } from '../finding.ts';
import { shownPath } from '../gate/path-names.ts';
import { type Instance, type Place, placeInside } from './instances.ts';
import type { Meanings } from './meanings.ts';
import type { PlacedBlock } from './module-source.ts';
import type { Sighting } from './sighting.ts';
import type { Tree } from './tree.ts';

/** What a rule looks at: one instance of a module, on one side. */
export interface Site {
  readonly tree: Tree;
  readonly instance: Instance;
  readonly meanings: Meanings;
  readonly differing: ReadonlySet<string>;
  /** Addresses of providers that may be used, as `namespace/name` or with their host. */
  readonly providers: readonly string[];
  /** Names of providers that something in the base uses or declares. */
  readonly knownProviders: ReadonlySet<string>;
}

/** Looks at one instance of a module and tells what would matter if it were new. */
export type Rule = (site: Site) => readonly Sighting[];

export interface Said {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly retargeted?: string;
  /** Told apart from others of one meaning. */
  readonly as?: string;
}

/** A block that matters with everything it reads. */
export function sightBlock(
  site: Site,
  placed: PlacedBlock,
  said: Said,
  place = placeInside(site.instance, placed),
): Sighting {
  const { block } = placed;
  const meaning = site.meanings.block(block, place).digest;
  return sightAt(site, placed.file, block.range, said, meaning, site.meanings.written(block));
}

/** An expression that matters with everything it reads. */
export function sightExpression(
  site: Site,
  file: string,
  expression: HclExpression,
  place: Place,
  said: Said,
): Sighting {
  const meaning = site.meanings.expression(expression, place).digest;
  return sightAt(site, file, expression.range, said, meaning, site.meanings.written(expression));
}

export function sightAt(
  { instance, differing }: Site,
  file: string,
  { line }: Pick<HclRange, 'line'>,
  { rule, verdict, message, retargeted, as = '' }: Said,
  meaning: string,
  written = meaning,
): Sighting {
  const where = whereChanged(instance, { file, line }, differing);
  const through = where.file === file ? '' : ` (in ${shownPath(file)}:${line}, through ${shownPath(instance.path)})`;
  return {
    rule,
    verdict,
    meaning: `${instance.root.folder} ${as} ${meaning}`,
    written: `${instance.root.folder} ${as} ${written}`,
    origin: `${instance.root.folder} ${instance.path} ${file}`,
    ...where,
    message: `${message}${through}`,
    ...(retargeted === undefined ? {} : { retargeted: `${retargeted}${through}` }),
  };
}

/** What stands in a file nobody touched became new through a call in one that somebody did. */
function whereChanged(
  instance: Instance,
  own: { readonly file: string; readonly line: number },
  differing: ReadonlySet<string>,
): { readonly file: string; readonly line: number } {
  if (differing.has(own.file)) return own;
  for (let at: Instance | undefined = instance; at !== undefined; at = at.parent) {
    const call = at.calls.find(({ file }) => differing.has(file));
    if (call !== undefined) return { file: call.file, line: call.block.range.line };
  }
  return own;
}

/** `data "vault_kv_secret_v2" "mail"`: as it is written, without what could play tricks on a reader. */
export function nameOf({ type, labels }: HclBlock): string {
  return [type, ...labels.map((label) => `"${shownPath(label).slice(0, 80)}"`)].join(' ');
}

export function quoted(name: string): string {
  return shownPath(name).slice(0, 80);
}

/** Blocks of a type, at the top of the files. */
export function blocksOf({ instance }: Site, ...types: readonly string[]): readonly PlacedBlock[] {
  return instance.module.blocks.filter(({ block }) => types.includes(block.type));
}
