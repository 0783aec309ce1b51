import { relativeFolder } from '../folders.ts';
import { attributeOf, literalOf } from '../module-source.ts';
import { blocksOf, nameOf, type Rule, sightAt, sightBlock } from '../site.ts';

/** Where the sources of modules come from. */
export const moduleFolderRules: Rule = (site) =>
  blocksOf(site, 'module').map(({ file, block }) => {
    const { folder } = site.instance.module;
    const source = attributeOf(block, 'source')?.value;
    const text = literalOf(source);
    const isRelative = typeof text === 'string' && relativeFolder(folder, text) !== undefined;
    const name = nameOf(block);
    return sightAt(
      site,
      file,
      block.range,
      isRelative
        ? { rule: 'scan-new-module', verdict: 'note', message: `${name} is new, or has another source than before` }
        : {
            rule: 'scan-module-source',
            verdict: 'deny',
            message: `${name} takes its source from outside the repository, or from a computed place: code that nobody here has seen would be planned; name a folder of the repository by a relative path`,
          },
      `${block.labels.join('.')} ${source === undefined ? '' : site.meanings.written(source)}`,
    );
  });

/** Modules that cannot be looked into. */
export const moduleRules: Rule = (site) =>
  blocksOf(site, 'module')
    .filter(({ block }) => !site.instance.children.has(block.labels[0] ?? ''))
    .map((placed) =>
      sightBlock(site, placed, {
        rule: 'scan-opaque-module',
        verdict: 'consent',
        message: `${nameOf(placed.block)} calls a module whose sources are not here, so nobody can say what its arguments do: a human has to consent`,
        retargeted: `${nameOf(placed.block)} calls a module whose sources are not here, and what its arguments are made of is not what it was: a human has to consent`,
      }),
    );
