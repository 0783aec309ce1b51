import type { HclBlock } from '../../../iac/hcl/syntax.ts';
import type { Sighting } from '../sighting.ts';
import { blocksOf, nameOf, quoted, type Rule, type Site, sightAt, sightBlock } from '../site.ts';

/** Where state lies, who reads it, and blocks this scan does not know. */
const known: ReadonlySet<string> = new Set([
  'resource',
  'data',
  'ephemeral',
  'module',
  'variable',
  'output',
  'locals',
  'provider',
  'terraform',
  'moved',
  'removed',
  'import',
  'check',
  'action',
]);
const stateBlocks: ReadonlySet<string> = new Set(['backend', 'cloud', 'encryption']);

/** Whatever is new or changed. What state is taken from must not be lost either: see `stateGuards`. */
export const settingFolderRules: Rule = (site) => [
  ...stateSightings(site),
  ...blocksOf(site, 'terraform').flatMap(({ file, block }) => [
    ...block.body.blocks
      .filter(({ type }) => !stateBlocks.has(type) && type !== 'required_providers')
      .map((inner) =>
        sightBlock(
          site,
          { file, block: inner },
          {
            rule: inner.type === 'provider_meta' ? 'scan-provider-meta' : 'scan-unknown-block',
            verdict: 'consent',
            message: `${nameOf(inner)} inside terraform is new or not what it was, and may change how everything is read: a human has to consent`,
          },
        ),
      ),
    ...block.body.attributes.map(({ name, value, range }) =>
      sightAt(
        site,
        file,
        range,
        {
          rule: 'scan-engine-setting',
          verdict: name === 'required_version' ? 'note' : 'consent',
          message: `the setting ${quoted(name)} of the engine is new or not what it was`,
        },
        `${site.instance.module.folder} ${name} ${site.meanings.written(value)}`,
      ),
    ),
  ]),
  ...site.instance.module.blocks
    .filter(({ block }) => !known.has(block.type))
    .map((placed) =>
      sightBlock(site, placed, {
        rule: 'scan-unknown-block',
        verdict: 'consent',
        message: `${nameOf(placed.block)} is a kind of block that the scan does not know: a human has to consent`,
      }),
    ),
  ...site.instance.module.files.flatMap(({ path, body }) =>
    body.attributes.map(({ name, value, range }) =>
      sightAt(
        site,
        path,
        range,
        {
          rule: 'scan-unknown-block',
          verdict: 'consent',
          message: `the attribute ${quoted(name)} stands outside every block, which the scan does not know: a human has to consent`,
        },
        site.meanings.written(value),
      ),
    ),
  ),
  ...shadowed(site),
];

/** Also compared the other way round: losing one is a change as well. */
export function stateSightings(site: Site): readonly Sighting[] {
  const stateOf = (block: HclBlock): readonly HclBlock[] => [
    ...block.body.blocks.filter(({ type }) => stateBlocks.has(type)),
  ];
  return blocksOf(site, 'terraform').flatMap(({ file, block }) =>
    stateOf(block).map((inner) =>
      sightBlock(
        site,
        { file, block: inner },
        {
          rule: 'scan-state',
          verdict: 'deny',
          as: site.instance.module.folder,
          message: `${nameOf(inner)} is new, gone or not what it was: where state lies and how it is encrypted is changed by a human in git`,
          retargeted: `${nameOf(inner)} reads something that is not what it was: where state lies is changed by a human in git`,
        },
        { instance: site.instance, bound: new Map() },
      ),
    ),
  );
}

/** OpenTofu reads `main.tofu` and then not `main.tf`. */
function shadowed(site: Site): readonly Sighting[] {
  const paths = new Set(site.instance.module.files.map(({ path }) => path));
  return [...paths]
    .filter((path) => path.endsWith('.tofu') && paths.has(path.replace(/\.tofu$/, '.tf')))
    .map((path) =>
      sightAt(
        site,
        path,
        { line: 1 },
        {
          rule: 'scan-shadowed-source',
          verdict: 'consent',
          message:
            'OpenTofu reads this instead of the .tf file of its name, so all that one guarded is gone: a human has to consent',
        },
        path,
      ),
    );
}
