import type { HclBlock } from '../../iac/hcl/syntax.ts';
import type { Finding } from '../finding.ts';
import { aloneInstance } from './instances.ts';
import { createWriter } from './meaning.ts';
import { attributeOf, literalOf, type ModuleSource, type PlacedBlock, saysTrue } from './module-source.ts';
import { nameOf, quoted } from './site.ts';
import type { Tree } from './tree.ts';
import { visitBody } from './walk.ts';

/** What protected something in the base and no longer does: compared block by block, under one address. */
export function lostGuards(base: Tree, proposed: Tree): readonly Finding[] {
  const isKeptElsewhere = keptElsewhere(base, proposed);
  return [...base.modules.values()].flatMap((before) => {
    const after = proposed.modules.get(before.folder);
    return [...protection(before, after, isKeptElsewhere), ...sensitivity(before, after), ...lifecycles(before, after)];
  });
}

const lifecycleOf = ({ body }: HclBlock): HclBlock | undefined => body.blocks.find(({ type }) => type === 'lifecycle');

function isProtected(blocks: readonly PlacedBlock[]): boolean {
  const said = blocks.flatMap(({ block }) => {
    const lifecycle = lifecycleOf(block);
    return lifecycle === undefined ? [] : (attributeOf(lifecycle, 'prevent_destroy') ?? []);
  });
  // The last file that says it wins.
  const last = said.at(-1);
  return last !== undefined && literalOf(last.value) !== false;
}

/** A resource that moved to another folder with its protection has not lost it: counted by address. */
function keptElsewhere(base: Tree, proposed: Tree): (address: string) => boolean {
  const counts = (tree: Tree): Map<string, number> => {
    const found = new Map<string, number>();
    for (const { resources } of tree.modules.values()) {
      for (const [address, blocks] of resources) {
        if (isProtected(blocks)) found.set(address, (found.get(address) ?? 0) + 1);
      }
    }
    return found;
  };
  const before = counts(base);
  const after = counts(proposed);
  return (address) => (after.get(address) ?? 0) >= (before.get(address) ?? 0);
}

function protection(
  before: ModuleSource,
  after: ModuleSource | undefined,
  isKeptElsewhere: (address: string) => boolean,
): readonly Finding[] {
  return [...before.resources].flatMap(([address, blocks]) => {
    const now = after?.resources.get(address) ?? [];
    if (!isProtected(blocks) || isProtected(now) || (now.length === 0 && isKeptElsewhere(address))) return [];
    return [
      {
        rule: 'scan-prevent-destroy',
        verdict: 'consent' as const,
        ...placeOf(now, blocks),
        message: `${quoted(address)} is no longer protected by prevent_destroy: keep it, or let a human consent`,
      },
    ];
  });
}

function sensitivity(before: ModuleSource, after: ModuleSource | undefined): readonly Finding[] {
  if (after === undefined) return [];
  const kinds = [
    [before.variables, after.variables],
    [before.outputs, after.outputs],
  ] as const;
  return kinds.flatMap(([old, current]) =>
    [...old].flatMap(([name, blocks]) => {
      const now = current.get(name) ?? [];
      return ['sensitive', 'ephemeral', 'write_only']
        .filter((word) => blocks.some(({ block }) => saysTrue(block, word)))
        .filter((word) => now.length > 0 && !now.some(({ block }) => saysTrue(block, word)))
        .map((word) => ({
          rule: 'scan-sensitive-removed',
          verdict: 'consent' as const,
          ...placeOf(now, blocks),
          message: `${now.map(({ block }) => nameOf(block))[0] ?? quoted(name)} is no longer marked ${word}: what it holds would be shown; keep the mark, or let a human consent`,
        }));
    }),
  );
}

function lifecycles(before: ModuleSource, after: ModuleSource | undefined): readonly Finding[] {
  return [...before.resources].flatMap(([address, blocks]) => {
    const now = after?.resources.get(address);
    if (now === undefined) return [];
    const warn = (rule: string, message: string): Finding => ({
      rule,
      verdict: 'warn',
      ...placeOf(now, blocks),
      message: `${quoted(address)} ${message}`,
    });
    const left = new Set(checksOf(now));
    const old = listed(blocks);
    const current = listed(now);
    return [
      ...(checksOf(blocks).every((words) => left.has(words))
        ? []
        : [warn('scan-check-changed', 'lost a precondition or postcondition, or has another one instead')]),
      ...([...current('ignore_changes')].some((entry) => !old('ignore_changes').has(entry))
        ? [
            warn(
              'scan-ignore-changes',
              'ignores more differences than before: they would no longer be seen or corrected',
            ),
          ]
        : []),
      ...([...old('replace_triggered_by')].some((entry) => !current('replace_triggered_by').has(entry))
        ? [warn('scan-replace-trigger', 'is no longer replaced together with what it depended on')]
        : []),
      ...([...old('create_before_destroy')].join() === [...current('create_before_destroy')].join()
        ? []
        : [
            warn(
              'scan-create-before-destroy',
              'is replaced in another order than before: there may be none for a while',
            ),
          ]),
    ];
  });
}

function checksOf(blocks: readonly PlacedBlock[]): readonly string[] {
  return blocks
    .flatMap(({ block }) => lifecycleOf(block)?.body.blocks ?? [])
    .filter(({ type }) => type === 'precondition' || type === 'postcondition')
    .map((block) => writer.block(block, undefined, new Set()));
}

/** The entries of a list in `lifecycle`, as they are written. */
function listed(blocks: readonly PlacedBlock[]): (name: string) => ReadonlySet<string> {
  return (name) =>
    new Set(
      blocks.flatMap(({ block }) => {
        const lifecycle = lifecycleOf(block);
        const value = lifecycle === undefined ? undefined : attributeOf(lifecycle, name)?.value;
        if (value === undefined || (name === 'create_before_destroy' && literalOf(value) === false)) return [];
        const items = value.kind === 'tuple' ? value.items : [value];
        return items.map((item) => writer.expression(item, undefined, new Set()));
      }),
    );
}

const writer = createWriter(() => {
  throw new Error('what is written refers to nothing');
});

function placeOf(now: readonly PlacedBlock[], before: readonly PlacedBlock[]): Pick<Finding, 'file' | 'line'> {
  const placed = now[0] ?? before[0];
  return placed === undefined ? {} : { file: placed.file, line: placed.block.range.line };
}

/** Calls of `sensitive` that are gone from a folder although their argument is still there, by their words. */
export function lostMarks(base: Tree, proposed: Tree): readonly Finding[] {
  return [...base.modules.values()].flatMap((before) => {
    const after = proposed.modules.get(before.folder);
    if (after === undefined) return [];
    const left = marks(after);
    return [...marks(before)].flatMap(([words, places]) =>
      places.slice(left.get(words)?.length ?? 0).map(({ file, line }) => ({
        rule: 'scan-sensitive-removed',
        verdict: 'consent' as const,
        file,
        line,
        message: 'a call of sensitive() is gone: what it marked would be shown; keep the mark, or let a human consent',
      })),
    );
  });
}

function marks(module: ModuleSource): Map<string, { readonly file: string; readonly line: number }[]> {
  const found = new Map<string, { file: string; line: number }[]>();
  const nowhere = { instance: aloneInstance(module), bound: new Map() };
  for (const { file, block } of module.blocks) {
    visitBody(block.body, nowhere, (expression) => {
      if (expression.kind !== 'call' || !/^(core::)?sensitive$/.test(expression.name)) return;
      const words = writer.expression(expression, undefined, new Set());
      const place = { file, line: expression.range.line };
      const before = found.get(words);
      if (before === undefined) found.set(words, [place]);
      else before.push(place);
    });
  }
  return found;
}

/** Provider blocks that are gone, and blocks that no longer say which configuration they use. */
export function lostProviders(base: Tree, proposed: Tree): readonly Finding[] {
  return [...base.modules.values()].flatMap((before) => {
    const after = proposed.modules.get(before.folder)?.blocks ?? [];
    const same = ({ block }: PlacedBlock): readonly PlacedBlock[] =>
      after.filter((other) => other.block.type === block.type && other.block.labels.join() === block.labels.join());
    return before.blocks.flatMap((placed) => {
      const { block, file } = placed;
      const now = same(placed);
      const count = before.blocks.filter(
        (other) => other.block.type === block.type && other.block.labels.join() === block.labels.join(),
      ).length;
      if (block.type === 'provider' && now.length < count) {
        return [
          {
            rule: 'scan-provider-removed',
            verdict: 'consent' as const,
            file,
            line: block.range.line,
            message: `${nameOf(block)} is gone: what used it would be configured from elsewhere, so a human has to consent`,
          },
        ];
      }
      const word = block.type === 'module' ? 'providers' : 'provider';
      const picks = (each: PlacedBlock): boolean => attributeOf(each.block, word) !== undefined;
      if (block.type === 'provider' || !picks(placed) || now.length === 0 || now.some(picks)) return [];
      return [
        {
          rule: 'scan-provider-choice',
          verdict: 'consent' as const,
          ...placeOf(now, [placed]),
          message: `${nameOf(block)} no longer says which provider configuration it uses: it may act elsewhere or as somebody else, so a human has to consent`,
        },
      ];
    });
  });
}
