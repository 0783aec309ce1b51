import { parseHcl } from '../../iac/hcl/parse.ts';
import type { Finding } from '../finding.ts';
import { isSource, isTerragrunt } from './folders.ts';
import { aloneInstance } from './instances.ts';
import { createWriter } from './meaning.ts';
import { moduleSource } from './module-source.ts';
import { watchedCall } from './rules/calls.ts';
import { quoted } from './site.ts';
import { isFileFunction } from './surroundings.ts';
import { visitBody } from './walk.ts';

/**
 * Files that a `templatefile` may read. A template can call every function but `templatefile`, so what looks like data can
 * read the machine: a changed file that calls one of the watched functions is found, whoever reads it.
 */
export async function templateFindings(
  base: ReadonlyMap<string, string>,
  proposed: ReadonlyMap<string, string>,
  differing: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const path of [...differing].sort()) {
    const text = proposed.get(path);
    if (isSource(path) || isTerragrunt(path) || text === undefined || !mayCall(text)) continue;
    const before = await watchedIn(base.get(path) ?? '');
    const after = await watchedIn(text);
    const known = new Map<string, number>();
    for (const { words } of before ?? []) known.set(words, (known.get(words) ?? 0) + 1);
    if (after === undefined) {
      findings.push({
        rule: 'scan-template',
        verdict: 'consent',
        file: path,
        message:
          'this file names functions that read files inside of template marks, and could not be read as a template: a human has to consent',
      });
      continue;
    }
    for (const { words, name, line } of after) {
      const left = known.get(words) ?? 0;
      known.set(words, left - 1);
      if (left > 0) continue;
      findings.push({
        rule: 'scan-template',
        verdict: isProse(path) ? 'consent' : 'deny',
        file: path,
        line,
        message: `a template that calls ${quoted(name)} reads what is not in the sources: give the template what it needs as a variable`,
      });
    }
  }
  return findings;
}

/** A mark of a template, and somewhere behind it the name of a watched function with what may follow one. */
function mayCall(text: string): boolean {
  const mark = text.search(/[$%]\{/);
  return mark !== -1 && calls.test(text.slice(mark));
}
const calls = /\b(file\w*|nonsensitive|templatestring|templatefile|pathexpand|abspath)\s*[(/#]|\bprovider::/;

/** Documentation quotes configuration, and is seldom a template. */
const isProse = (path: string): boolean => /\.(md|adoc|rst|txt)$/.test(path);

interface Watched {
  readonly words: string;
  readonly name: string;
  readonly line: number;
}

async function watchedIn(text: string): Promise<readonly Watched[] | undefined> {
  if (!mayCall(text)) return [];
  let mark = 'END';
  while (text.includes(mark)) mark += '_';
  try {
    const { body } = await parseHcl('template', `text = <<${mark}\n${text.replace(/\n?$/, '\n')}${mark}\n`);
    const found: Watched[] = [];
    const instance = aloneInstance(moduleSource('', []));
    visitBody(body, { instance, bound: new Map() }, (expression) => {
      if (expression.kind !== 'call') return;
      if (watchedCall(expression.name) === undefined && !isFileFunction(expression.name)) return;
      const words = writer.expression(expression, undefined, new Set());
      found.push({ words, name: expression.name, line: expression.range.line - 1 });
    });
    return found;
  } catch {
    // Whatever it is, it was not understood; the caller says so.
    return undefined;
  }
}

const writer = createWriter(() => {
  throw new Error('what is written refers to nothing');
});
