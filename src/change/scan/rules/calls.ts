import type { Verdict } from '../../finding.ts';
import { isInside } from '../folders.ts';
import { type Place, placeInside } from '../instances.ts';
import type { Call } from '../meaning.ts';
import { possibleTexts, repositoryPath } from '../possible-text.ts';
import type { Sighting } from '../sighting.ts';
import { quoted, type Rule, type Site, sightAt, sightExpression } from '../site.ts';
import { isFileFunction } from '../surroundings.ts';
import { visitBody } from '../walk.ts';

/** Functions that read what is not in the sources, or take a mark off a secret. */
interface Watched {
  readonly names: RegExp;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const watched: readonly Watched[] = [
  {
    names: /^nonsensitive$/,
    rule: 'scan-nonsensitive',
    verdict: 'consent',
    why: 'shows a secret to whoever sees the plan: leave the value sensitive, or let a human consent',
  },
  {
    names: /^templatestring$/,
    rule: 'scan-template-string',
    verdict: 'consent',
    why: 'runs a text as a template, and such a text can read files: write the template down, or let a human consent',
  },
  {
    names: /^(pathexpand|abspath)$/,
    rule: 'scan-path-function',
    verdict: 'consent',
    why: 'tells about the machine that plans: use paths of the repository, or let a human consent',
  },
  {
    names: /^provider::/,
    rule: 'scan-provider-function',
    verdict: 'consent',
    why: 'runs a provider’s own code while the plan is made: a human has to consent',
  },
  {
    names: /^(get_env|run_cmd|sops_decrypt_file|read_terragrunt_config|read_tfvars_file)$/,
    rule: 'scan-terragrunt-call',
    verdict: 'consent',
    why: 'runs a program or reads what is not in the sources: a human has to consent',
  },
];

export function watchedCall(name: string): Watched | undefined {
  const plain = name.replace(/^core::/, '');
  return watched.find(({ names }) => names.test(plain));
}

export const callRules: Rule = (site) =>
  site.instance.module.blocks.flatMap((placed) => {
    const found: Sighting[] = [];
    visitBody(placed.block.body, placeInside(site.instance, placed), (expression, place) => {
      if (expression.kind !== 'call') return;
      const rule = watchedCall(expression.name);
      const name = quoted(expression.name);
      if (rule !== undefined) {
        found.push(
          sightExpression(site, placed.file, expression, place, {
            ...rule,
            message: `this call of ${name} ${rule.why}`,
            retargeted: `this call of ${name} stands as it stood, but what it is given is not what it was; it ${rule.why}`,
          }),
        );
      }
      if (isFileFunction(expression.name)) found.push(fileCall(site, placed.file, expression, place));
    });
    return found;
  });

function fileCall(site: Site, file: string, call: Call, place: Place): Sighting {
  const name = quoted(call.name);
  // Of `fileset` the pattern leads on from the folder. What else is given does not say which file is read.
  const path = call.arguments.slice(0, call.name.endsWith('fileset') ? 2 : 1);
  const texts = path
    .map((argument) => possibleTexts(argument, place).map(({ text }) => text))
    .reduce<readonly string[]>(
      (before, after) => before.flatMap((one) => after.map((other) => `${one}/${other}`)),
      [''],
    );
  const escapes = texts.some((text) => !isOwn(site, repositoryPath(text.slice(1), place)));
  const said = escapes
    ? {
        rule: 'scan-file-outside',
        verdict: 'deny' as const,
        message: `this call of ${name} reads outside the stack: put what it needs into the stack's own folder`,
        retargeted: `this call of ${name} stands as it stood, but now reads outside the stack: put what it needs into the stack's own folder`,
      }
    : {
        rule: 'scan-file-call',
        verdict: 'consent' as const,
        message: `this call of ${name} reads a file while the plan is made, and what it reads may be shown: write the value down, or let a human consent`,
        retargeted: `this call of ${name} stands as it stood, but the path it reads is made of something that is not what it was: a human has to consent`,
      };
  // Which file, not what is in it: data may change without anybody's consent.
  const meaning = path.map((argument) => site.meanings.expression(argument, place).digest).join();
  const written = path.map((argument) => site.meanings.written(argument)).join();
  return sightAt(site, file, call.range, { ...said, as: call.name }, meaning, written);
}

function isOwn({ instance }: Site, path: string | undefined): boolean {
  if (path === undefined) return false;
  return isInside(instance.root.folder, path) || isInside(instance.module.folder, path);
}
