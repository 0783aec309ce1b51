import type { HclBlock, HclFile } from '../../../iac/hcl/syntax.ts';
import type { Redact } from '../../../kit/index.ts';
import type { Verdict } from '../../finding.ts';
import { shownPath } from '../../gate/path-names.ts';
import { aloneInstance } from '../instances.ts';
import { createWriter, digestOf } from '../meaning.ts';
import { attributeOf, literalOf, moduleSource } from '../module-source.ts';
import type { Sighting } from '../sighting.ts';
import { nameOf, quoted } from '../site.ts';
import { isFileFunction } from '../surroundings.ts';
import { visitBody } from '../walk.ts';
import { watchedCall } from './calls.ts';

/**
 * Files of Terragrunt. Parsing one runs what it says, so the gate has asked for consent already; this tells what for. Their
 * words alone are compared.
 */
export function terragruntSightings({ path, body }: HclFile, redact: Redact): readonly Sighting[] {
  return [
    ...body.blocks.flatMap((block) => blockSightings(path, block, redact)),
    ...body.attributes
      .filter(({ name }) => name !== 'inputs')
      .map(({ name, value, range }) =>
        sight(path, range.line, writer.expression(value, undefined, new Set()), {
          rule: 'scan-terragrunt-setting',
          verdict: 'consent',
          message: `the setting ${quoted(name)} of Terragrunt is new or not what it was: a human has to consent`,
        }),
      ),
    ...callSightings(path, body),
  ];
}

interface Said {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly message: string;
}

function blockSightings(path: string, block: HclBlock, redact: Redact): readonly Sighting[] {
  if (block.type === 'locals') return [];
  const own = sight(path, block.range.line, writer.block(block, undefined, new Set()), blockSaid(block, redact));
  if (block.type !== 'terraform') return [own];
  const source = attributeOf(block, 'source');
  return [
    ...block.body.blocks.map((inner) =>
      sight(path, inner.range.line, writer.block(inner, undefined, new Set()), blockSaid(inner, redact)),
    ),
    ...(source === undefined
      ? []
      : [
          sight(path, source.range.line, writer.expression(source.value, undefined, new Set()), {
            rule: 'scan-module-source',
            verdict: isPlainFolder(literalOf(source.value)) ? 'consent' : 'deny',
            message:
              'Terragrunt takes the stack from another source than before: code that nobody here has seen would be planned; keep the sources in the repository',
          }),
        ]),
    ...block.body.attributes
      .filter(({ name }) => name !== 'source')
      .map(({ name, value, range }) =>
        sight(path, range.line, writer.expression(value, undefined, new Set()), {
          rule: 'scan-terragrunt-setting',
          verdict: 'consent',
          message: `the setting ${quoted(name)} of Terragrunt is new or not what it was: a human has to consent`,
        }),
      ),
  ];
}

const isPlainFolder = (text: unknown): boolean =>
  typeof text === 'string' && /^\.\.?\//.test(text) && !/[?:]/.test(text);

function blockSaid(block: HclBlock, redact: Redact): Said {
  const name = nameOf(block);
  if (/_hook$/.test(block.type)) {
    const words = attributeOf(block, 'execute')?.value.text ?? '';
    const shown = redact(words).text.replace(/\s+/g, ' ');
    return {
      rule: 'scan-program',
      verdict: 'consent',
      message: `${name} runs a program: a human has to read it and consent: ${shownPath(shown)}`,
    };
  }
  if (block.type === 'remote_state') {
    return {
      rule: 'scan-state',
      verdict: 'deny',
      message: 'remote_state is new or not what it was: where state lies is changed by a human in git',
    };
  }
  if (block.type === 'generate') {
    const makesSettings = /\b(provider|backend|cloud|encryption|terraform)\b/.test(
      attributeOf(block, 'contents')?.value.text ?? 'provider',
    );
    return {
      rule: makesSettings ? 'scan-provider' : 'scan-terragrunt-setting',
      verdict: makesSettings ? 'deny' : 'consent',
      message: `${name} writes source files, and is new or not what it was${makesSettings ? '; they configure providers or state, which is changed by a human in git' : ''}`,
    };
  }
  return {
    rule: 'scan-terragrunt-setting',
    verdict: 'consent',
    message: `${name} of Terragrunt is new or not what it was: a human has to consent`,
  };
}

function callSightings(path: string, body: HclFile['body']): readonly Sighting[] {
  const found: Sighting[] = [];
  const instance = aloneInstance(moduleSource('', []));
  visitBody(body, { instance, bound: new Map() }, (expression) => {
    if (expression.kind !== 'call') return;
    const rule = watchedCall(expression.name);
    if (rule === undefined && !isFileFunction(expression.name)) return;
    found.push(
      sight(path, expression.range.line, writer.expression(expression, undefined, new Set()), {
        rule: rule?.rule ?? 'scan-file-call',
        verdict: 'consent',
        message: `this call of ${quoted(expression.name)} ${rule?.why ?? 'reads a file while Terragrunt parses: a human has to consent'}`,
      }),
    );
  });
  return found;
}

const writer = createWriter(() => {
  throw new Error('what is written refers to nothing');
});

function sight(file: string, line: number, words: string, said: Said): Sighting {
  const meaning = `${file} ${digestOf(words)}`;
  return { ...said, file, line, meaning, written: meaning, origin: file };
}
