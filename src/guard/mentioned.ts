import type { Finding } from './finding.ts';
import { anyGuarded } from './guarded.ts';
import { judge } from './judge.ts';
import { credentialFile } from './secrets.ts';

/** So many names are looked at in one text. */
const mostNames = 60;

/** A guarded program beside a verb, in the text of another language: what it does with them cannot be known. */
export function mentions(found: { find(finding: Omit<Finding, 'place'>): void }, text: string): void {
  if (/\.vault-token\b|\.kube\/config\b|\.tfstate\b/.test(text) && /open|read|cat/i.test(text)) {
    found.find({ program: 'a program', kind: 'secret', what: credentialFile });
  }
  let left = mostNames;
  for (const { 0: program, index } of text.matchAll(new RegExp(anyGuarded, 'g'))) {
    left -= 1;
    if (left < 0) return;
    const rest = text.slice(index + program.length, index + program.length + 300);
    if (program === 'psql') {
      const writes = /\b(?:insert|update|delete|drop|alter|create|truncate|grant)\b/i.test(rest);
      if (writes) found.find({ program, kind: 'mutation' });
      continue;
    }
    const given = (rest.split(/[\n;|&]/)[0] ?? '')
      .split(/[\s'"`,()[\]{}+\\]+/)
      .filter(Boolean)
      .slice(0, 14);
    const verdict = given.length > 0 ? judge(program, given) : undefined;
    if (verdict !== undefined && verdict.kind !== 'unknown') found.find({ program, ...verdict, targets: [] });
  }
}
