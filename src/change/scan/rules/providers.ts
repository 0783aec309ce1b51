import type { HclExpression } from '../../../iac/hcl/syntax.ts';
import { attributeOf, literalOf } from '../module-source.ts';
import type { Sighting } from '../sighting.ts';
import { blocksOf, nameOf, quoted, type Rule, type Site, sightAt, sightBlock } from '../site.ts';

/** What a provider is configured to talk to, and as whom. */
export const providerRules: Rule = (site) =>
  blocksOf(site, 'provider').map((placed) =>
    sightBlock(site, placed, {
      rule: 'scan-provider',
      verdict: 'deny',
      message: `${nameOf(placed.block)} is new or not what it was: whom a plan talks to, and as whom, is changed by a human in git`,
      retargeted: `${nameOf(placed.block)} reads something that is not what it was: whom a plan talks to, and as whom, is changed by a human in git`,
    }),
  );

/** What loads a provider's program, and what picks a configuration. */
export const providerFolderRules: Rule = (site) => [
  ...requiredProviders(site),
  ...impliedProviders(site),
  ...choices(site),
];

function requiredProviders(site: Site): readonly Sighting[] {
  return blocksOf(site, 'terraform').flatMap(({ file, block }) =>
    block.body.blocks
      .filter(({ type }) => type === 'required_providers')
      .flatMap(({ body }) => body.attributes)
      .map(({ name, value, range }) => {
        const isAllowed = addressesOf(name, value).every(
          (address) => typeof address === 'string' && allows(site, address),
        );
        return sightAt(
          site,
          file,
          range,
          isAllowed
            ? {
                rule: 'scan-required-provider',
                verdict: 'consent',
                message: `provider "${quoted(name)}" is required anew or in another version: a plan runs its program, so a human has to consent`,
              }
            : {
                rule: 'scan-provider-refused',
                verdict: 'deny',
                message: `provider "${quoted(name)}" comes from a source that is not among the allowed ones: a plan would run its program; use an allowed provider, or have a human allow it in the keep's configuration`,
              },
          `${site.instance.module.folder} ${name} ${site.meanings.written(value)}`,
        );
      }),
  );
}

/** What the source may turn out to be: an object can say it twice, or under a computed key. */
function addressesOf(name: string, value: HclExpression): readonly unknown[] {
  if (value.kind === 'literal') return [`hashicorp/${name}`];
  if (value.kind !== 'object' || value.items.some(({ key }) => key.kind !== 'literal')) return [undefined];
  const sources = value.items.filter(({ key }) => literalOf(key) === 'source');
  return sources.length === 0 ? [`hashicorp/${name}`] : sources.map((item) => literalOf(item.value));
}

/** A type whose provider nothing declares is looked for under `hashicorp/`. */
function impliedProviders(site: Site): readonly Sighting[] {
  const declared = new Set(
    blocksOf(site, 'terraform')
      .flatMap(({ block }) => block.body.blocks.filter(({ type }) => type === 'required_providers'))
      .flatMap(({ body }) => body.attributes.map(({ name }) => name)),
  );
  return blocksOf(site, 'resource', 'data', 'ephemeral', 'action').flatMap(({ file, block }) => {
    const provider = providerNameOf(block.labels[0] ?? '');
    const isKnown =
      declared.has(provider) ||
      provider === 'terraform' ||
      site.knownProviders.has(provider) ||
      site.providers.some((address) => plainAddress(address).split('/').at(-1) === provider);
    if (isKnown) return [];
    return [
      sightAt(
        site,
        file,
        block.range,
        {
          rule: 'scan-provider-refused',
          verdict: 'deny',
          message: `${nameOf(block)} needs a provider that nothing here uses and that is not among the allowed ones: a plan would run its program; use an allowed provider, or have a human allow it in the keep's configuration`,
        },
        `${site.instance.module.folder} ${provider} ${block.labels.join('.')}`,
      ),
    ];
  });
}

function choices(site: Site): readonly Sighting[] {
  return blocksOf(site, 'resource', 'data', 'ephemeral', 'module', 'import').flatMap(({ file, block }) => {
    const attribute = attributeOf(block, block.type === 'module' ? 'providers' : 'provider');
    if (attribute === undefined) return [];
    const { module } = site.instance;
    return [
      sightAt(
        site,
        file,
        attribute.range,
        {
          rule: 'scan-provider-choice',
          verdict: 'consent',
          message: `${nameOf(block)} picks another provider configuration: it may act elsewhere or as somebody else, so a human has to consent`,
        },
        `${module.folder} ${block.type} ${block.labels.join('.')} ${site.meanings.written(attribute.value)}`,
      ),
    ];
  });
}

export function providerNameOf(type: string): string {
  return type.split('_')[0] ?? type;
}

function allows({ providers }: Site, address: string): boolean {
  return providers.some((allowed) => plainAddress(allowed) === plainAddress(address));
}

/** Both public registries give the same names; any other host is part of the name. */
function plainAddress(address: string): string {
  const parts = address.toLowerCase().split('/');
  const full = parts.length === 1 ? ['hashicorp', ...parts] : parts;
  return full.join('/').replace(/^registry\.(terraform\.io|opentofu\.org)\//, '');
}
