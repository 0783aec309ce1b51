import type { HclBlock, HclBody } from '../../../iac/hcl/syntax.ts';
import type { Redact } from '../../../kit/index.ts';
import { shownPath } from '../../gate/path-names.ts';
import { type Place, placeInside } from '../instances.ts';
import { attributeOf, literalOf, type PlacedBlock } from '../module-source.ts';
import type { Sighting } from '../sighting.ts';
import { blocksOf, nameOf, type Rule, type Site, sightAt, sightBlock } from '../site.ts';
import { placeInNested } from '../walk.ts';

/** What runs programs when a plan is made or applied, and what takes objects into the state or out of it. */
const longestCommand = 200;

export function executionRules(redact: Redact): Rule {
  return (site) => [
    ...blocksOf(site, 'resource', 'data', 'removed', 'check').flatMap((placed) =>
      nestedPrograms(site, placed, placed.block.body, placeInside(site.instance, placed), redact),
    ),
    ...blocksOf(site, 'action').map((placed) =>
      sightBlock(site, placed, {
        rule: 'scan-action',
        verdict: 'consent',
        message: `${nameOf(placed.block)} does something when the plan is applied, and is in no state: a human has to consent${commandsOf(placed.block.body, redact)}`,
        retargeted: `${nameOf(placed.block)} reads something that is not what it was, and acts when the plan is applied: a human has to consent`,
      }),
    ),
    ...blocksOf(site, 'removed').map((placed) => sightBlock(site, placed, removedSaid(placed))),
    ...blocksOf(site, 'import').map((placed) =>
      sightBlock(site, placed, {
        rule: 'scan-import',
        verdict: 'consent',
        message: 'an import reads an object that is not in the state, and takes it over: a human has to consent',
        retargeted: 'an import reads something that is not what it was: a human has to consent',
      }),
    ),
    ...blocksOf(site, 'moved').map((placed) =>
      sightBlock(site, placed, {
        rule: 'scan-moved',
        verdict: 'note',
        message: 'something in the state gets another address',
      }),
    ),
    ...blocksOf(site, 'check').map((placed) =>
      sightBlock(site, placed, {
        rule: 'scan-check',
        verdict: 'warn',
        message: `${nameOf(placed.block)} is new or not what it was`,
      }),
    ),
    ...blocksOf(site, 'resource')
      .filter(({ block }) => /^local_(sensitive_)?file$/.test(block.labels[0] ?? ''))
      .map((placed) =>
        sightBlock(site, placed, {
          rule: 'scan-local-file',
          verdict: 'consent',
          message: `${nameOf(placed.block)} writes a file on the machine that applies: a human has to consent`,
          retargeted: `${nameOf(placed.block)} would write something that is not what it was: a human has to consent`,
        }),
      ),
  ];
}

/** Blocks and attributes by which a program is named, however deep. */
const programs: ReadonlySet<string> = new Set(['provisioner', 'connection', 'postrender', 'exec', 'action_trigger']);

function nestedPrograms(
  site: Site,
  placed: PlacedBlock,
  body: HclBody,
  place: Place,
  redact: Redact,
): readonly Sighting[] {
  const owner = nameOf(placed.block);
  const attributes = body.attributes
    .filter(({ name }) => programs.has(name))
    .map(({ value, range }) =>
      sightAt(
        site,
        placed.file,
        range,
        said('an attribute', owner, shownCommand(value.text, redact)),
        site.meanings.expression(value, place).digest,
        site.meanings.written(value),
      ),
    );
  const blocks = body.blocks.flatMap((block) => {
    const inner = placeInNested(block, place);
    const own = programs.has(block.type) || (block.type === 'dynamic' && programs.has(block.labels[0] ?? ''));
    const sighting = own
      ? [
          sightBlock(
            site,
            { file: placed.file, block },
            said(nameOf(block), owner, commandsOf(block.body, redact)),
            place,
          ),
        ]
      : [];
    return [...sighting, ...nestedPrograms(site, placed, block.body, inner, redact)];
  });
  return [...attributes, ...blocks];
}

function said(what: string, owner: string, command: string) {
  return {
    rule: 'scan-program',
    verdict: 'consent' as const,
    message: `${what} of ${owner} runs a program, or says where: a human has to read it and consent${command}`,
    retargeted: `${what} of ${owner} stands as it stood, but what it runs is made of something that is not what it was: a human has to consent${command}`,
  };
}

/** The words of what would run, redacted first and cut then. */
function commandsOf({ attributes }: HclBody, redact: Redact): string {
  const words = attributes
    .filter(({ name }) =>
      /^(command|inline|script|scripts|interpreter|binary_path|args|actions|events|host)$/.test(name),
    )
    .map(({ name, value }) => `${name} = ${value.text}`)
    .join('; ');
  return words === '' ? '' : shownCommand(words, redact);
}

function shownCommand(text: string, redact: Redact): string {
  const oneLine = redact(text).text.replace(/\s+/g, ' ').trim();
  const escaped = oneLine.replace(/[^\x20-\x7e«»]/gu, (character) => shownPath(character));
  return `: ${escaped.length <= longestCommand ? escaped : `${escaped.slice(0, longestCommand - 1)}…`}`;
}

function removedSaid({ block }: PlacedBlock) {
  const lifecycle = block.body.blocks.find(({ type }) => type === 'lifecycle');
  const destroy = lifecycle === undefined ? undefined : attributeOf(lifecycle, 'destroy');
  const forgets = literalOf(destroy?.value) === false && !block.body.blocks.some(isProvisioner);
  return forgets
    ? {
        rule: 'scan-forget',
        verdict: 'warn' as const,
        message: 'a removed block takes something out of the state and leaves it running, with nobody to look after it',
      }
    : {
        rule: 'scan-removed',
        verdict: 'consent' as const,
        message: 'a removed block destroys something, or runs a program when it is gone: a human has to consent',
      };
}

const isProvisioner = ({ type }: HclBlock): boolean => type === 'provisioner';
