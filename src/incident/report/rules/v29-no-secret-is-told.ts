import { claimsOf, sentencesOf } from '../claims.ts';
import { evidenceShown, excerptOf } from '../render-evidence.ts';
import { error, type ReportRule } from '../rule.ts';

export const noSecretIsTold: ReportRule = {
  id: 'V29',
  title: 'Neither the report nor an excerpt holds anything that redaction would take away.',
  severities: ['error'],
  *check(input, page) {
    let found = false;
    const notes = new Set(input.dossier.evidence.filter(({ source }) => source === 'note').map(({ id }) => id));
    const isNote = (id: string): boolean => notes.has(id);
    const drafts = input.narrative.actions.flatMap(({ draft, verify }, index) => [
      ...(draft === undefined ? [] : [{ path: `actions[${index}].draft`, text: draft.text }]),
      { path: `actions[${index}].verify`, text: Object.values(verify).join('\n') },
    ]);
    const quotes = claimsOf(input.narrative).map(({ path, claim }) => ({
      path: `${path}.quote`,
      text: claim.quote ?? '',
    }));
    // Of a row that is left out no more than this is printed: leaving it out has to help.
    const rows: readonly Told[] = input.timeline.map(({ key, about, text, quote, note, excluded, evidence }) => ({
      author: note === undefined && excluded === undefined && !evidence.some(isNote) ? 'others' : 'agent',
      path: `timeline.${key}`,
      text: (excluded === undefined ? [about, text, quote, note] : [text, excluded.reason])
        .filter((part) => part !== undefined)
        .join('\n'),
    }));
    const excerpts: readonly Told[] = evidenceShown(input).map((evidence) => ({
      author: isNote(evidence.id) ? 'agent' : 'others',
      path: `evidence.${evidence.id}`,
      text: excerptOf(evidence, input) ?? '',
    }));
    const own = [...sentencesOf(input.narrative), ...quotes, ...drafts];
    const all: readonly Told[] = [...own.map((one) => ({ ...one, author: 'agent' as const })), ...rows, ...excerpts];
    for (const { path, text, author } of all) {
      if (text === '' || input.withheldFrom(text, author) === 0) continue;
      found = true;
      yield error(
        path,
        'it holds what looks like a secret',
        'take it out; whoever could read it should have it changed',
      );
    }
    if (!found && input.withheldFrom(lettersOf(page.markdown), 'agent') > 0)
      yield error(
        'report',
        'it holds what looks like a secret',
        'look at the timeline and the record, and leave that row out',
      );
  },
};

interface Told {
  readonly path: string;
  readonly text: string;
  readonly author: 'others' | 'agent';
}

/** As a reader sees it: a secret is not to be hidden by what escapes it. */
function lettersOf(markdown: string): string {
  return markdown
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
