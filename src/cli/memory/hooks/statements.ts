/**
 * Sentences that say of themselves that they are to be kept. No model judges: few are found, and those are meant.
 *
 *  asked    `remember that …`, `note to self: …`, `for future reference, …`: what follows is the statement
 *  telling  `from now on …`, `the fix was …`, `root cause: …`, `lesson learned: …`: the whole sentence is
 *
 * Not in code, not in quotes of somebody else's text, not in a question, and not where it is denied.
 */
const asked =
  /\b(?:please\s+)?(?:remember(?:\s+that\b|\s*:|\s*,)|note\s+to\s+self\s*:|for\s+future\s+reference\s*[:,]|keep\s+in\s+mind\s+that\b)\s*(.+)$/isu;
const telling =
  /\b(?:from\s+now\s+on\b|(?:the|our)\s+fix\s+(?:was|is)\b|(?:the\s+)?root\s+cause\s*(?::|\bwas\b|\bis\b)|lessons?\s+learn(?:ed|t)\s*:|the\s+workaround\s+(?:is|was)\b)/isu;
const denied =
  /\b(?:don['’]?t|do\s+not|can(?:no|['’])t|didn['’]?t|never|no\s+need\s+to|if\s+(?:i|you)|hard\s+to)\s+(?:\w+\s+){0,2}(?:remember|keep\s+in\s+mind)\b/iu;
const recalling = /\b(?:i|you|we)\s+(?:(?:still|also|just|do)\s+)?remember\b/iu;

const shortest = 20;
const longest = 600;
export const mostStatements = 3;

export function statementsIn(text: string): readonly string[] {
  const found = sentencesOf(prose(text)).flatMap((sentence) => statementOf(sentence) ?? []);
  return [...new Set(found)].slice(0, mostStatements);
}

function statementOf(sentence: string): string | undefined {
  if (sentence.endsWith('?') || denied.test(sentence) || recalling.test(sentence)) return undefined;
  const kept = asked.exec(sentence)?.[1] ?? (telling.test(sentence) ? sentence : undefined);
  const statement = kept?.replace(/\s+/gu, ' ').trim();
  if (statement === undefined || statement.length < shortest || statement.length > longest) return undefined;
  return statement.charAt(0).toUpperCase() + statement.slice(1);
}

/** Without code, quotes, what a client put in and what a tool fenced as somebody else's. In one pass: a turn may be long. */
function prose(text: string): string {
  const kept: string[] = [];
  let until: ((line: string) => boolean) | undefined;
  for (const line of withoutInsertions(text.slice(-longestText)).split('\n')) {
    if (until !== undefined) {
      if (until(line)) until = undefined;
      continue;
    }
    const [, code] = /^\s{0,3}(```|~~~)/.exec(line) ?? [];
    const [, boundary] = /^--- untrusted ([0-9a-f]+):/.exec(line) ?? [];
    if (code !== undefined) until = (next) => next.trimStart().startsWith(code);
    else if (boundary !== undefined) until = (next) => next === `--- end untrusted ${boundary} ---`;
    else kept.push(/^\s*[>|]/.test(line) ? '' : line);
    if (until !== undefined) kept.push('');
  }
  return kept.join('\n');
}

const longestText = 100_000;
const insertion = /<(system-reminder|command-[a-z]+|local-command-[a-z]+)>/g;

function withoutInsertions(text: string): string {
  let rest = '';
  let from = 0;
  for (const { 0: opening, 1: name, index } of text.matchAll(insertion)) {
    if (index < from) continue;
    rest += `${text.slice(from, index)}\n\n`;
    const end = text.indexOf(`</${name}>`, index);
    if (end === -1) return rest;
    from = end + opening.length + 1;
  }
  return rest + text.slice(from);
}

/** A line of a list is a sentence of its own; a line that goes on in the next is not. */
function sentencesOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n|\n(?=\s*(?:[-*•+]|\d+[.)])\s)/u)
    .map((block) => block.replace(/^\s*(?:[-*•+#]+|\d+[.)])\s+/u, '').replace(/\*\*|__/gu, ''))
    .flatMap((block) => block.split(/(?<=[.!?…])\s+(?=[\p{Lu}\p{N}"'“(])/u))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
