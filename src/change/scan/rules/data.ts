import type { Verdict } from '../../finding.ts';
import { placeInside } from '../instances.ts';
import { attributeOf, type PlacedBlock } from '../module-source.ts';
import { possibleTexts } from '../possible-text.ts';
import { blocksOf, nameOf, type Rule, type Said, type Site, sightBlock } from '../site.ts';

/** What a plan reads while it is made. Data sources run before anybody has seen the plan. */
interface Special {
  readonly types: RegExp;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const special: readonly Special[] = [
  {
    types: /^(external|shell_script|command|.*_exec)$/,
    rule: 'scan-data-program',
    verdict: 'deny',
    why: 'runs a program while the plan is made: find a data source that reads, or do it outside of Terraform',
  },
  {
    types: /^http$/,
    rule: 'scan-data-http',
    verdict: 'consent',
    why: 'sends a request while the plan is made, with whatever it is given: a human has to consent',
  },
  {
    types:
      /^(local_file|local_sensitive_file|archive_file|template_file|template_cloudinit_config|cloudinit_config|local_command)$/,
    rule: 'scan-data-file',
    verdict: 'consent',
    why: 'reads files of the machine that plans: a human has to consent',
  },
];

const ordinary: Special = {
  types: /./,
  rule: 'scan-data',
  verdict: 'consent',
  why: 'is read while the plan is made, and may hold secrets: a human has to consent',
};

export const dataRules: Rule = (site) => [
  ...[...site.instance.module.data.values()].flat().map((placed) => sightBlock(site, placed, dataSaid(site, placed))),
  ...blocksOf(site, 'ephemeral').map((placed) =>
    sightBlock(site, placed, {
      rule: 'scan-ephemeral',
      verdict: 'consent',
      message: `${nameOf(placed.block)} is new or not what it was; it is opened while the plan is made: a human has to consent`,
      retargeted: `${nameOf(placed.block)} reads something that is not what it was: a human has to consent`,
    }),
  ),
];

function dataSaid(site: Site, placed: PlacedBlock): Said {
  const type = placed.block.labels[0] ?? '';
  const name = nameOf(placed.block);
  if (type === 'terraform_remote_state') return remoteState(site, placed, name);
  const { rule, verdict, why } = special.find(({ types }) => types.test(type)) ?? ordinary;
  return {
    rule,
    verdict,
    message: `${name} is new or not what it was; it ${why}`,
    retargeted: `${name} stands as it stood, but what its arguments are made of is not what it was; it ${why}`,
  };
}

function remoteState(site: Site, placed: PlacedBlock, name: string): Said {
  const backend = attributeOf(placed.block, 'backend');
  const texts = backend === undefined ? [] : possibleTexts(backend.value, placeInside(site.instance, placed));
  const isSafe =
    texts.length > 0 && texts.every(({ text, complete }) => complete && text !== 'local' && text !== 'http');
  return {
    rule: isSafe ? 'scan-remote-state' : 'scan-remote-state-refused',
    verdict: isSafe ? 'consent' : 'deny',
    message: isSafe
      ? `${name} reads the whole state of another stack, and shows its sensitive outputs unmarked: a human has to consent`
      : `${name} reads state from a file or a URL of its choice: use a dependency between stacks instead`,
    retargeted: `${name} stands as it stood, but what its arguments are made of is not what it was: it would read another state`,
  };
}
