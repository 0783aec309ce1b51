import { claimsOf, sentencesOf } from '../claims.ts';
import { evidenceShown, excerptOf } from '../render-evidence.ts';
import { error, type ReportRule } from '../rule.ts';

export const noSecretIsTold: ReportRule = {
  id: 'V29',
  title: 'Neither the report nor an excerpt holds anything that redaction would take away.',
  severities: ['error'],
  *check(input, page) {
    let found = false;
    const drafts = input.narrative.actions.flatMap(({ draft, verify }, index) => [
      ...(draft === undefined ? [] : [{ path: `actions[${index}].draft`, text: draft.text }]),
      { path: `actions[${index}].verify`, text: Object.values(verify).join('\n') },
    ]);
    const quotes = claimsOf(input.narrative).map(({ path, claim }) => ({
      path: `${path}.quote`,
      text: claim.quote ?? '',
    }));
    const rows = input.timeline.map(({ key, about, text, quote, note, excluded }) => ({
      path: `timeline.${key}`,
      text: [about, text, quote, note, excluded?.reason].filter((part) => part !== undefined).join('\n'),
    }));
    const excerpts = evidenceShown(input).map((evidence) => ({
      path: `evidence.${evidence.id}`,
      text: excerptOf(evidence, input) ?? '',
    }));
    for (const { path, text } of [...sentencesOf(input.narrative), ...quotes, ...drafts, ...rows, ...excerpts]) {
      if (text === '' || input.withheldFrom(text) === 0) continue;
      found = true;
      yield error(
        path,
        'it holds what looks like a secret',
        'take it out; whoever could read it should have it changed',
      );
    }
    if (!found && input.withheldFrom(lettersOf(page.markdown)) > 0)
      yield error(
        'report',
        'it holds what looks like a secret',
        'look at the timeline and the record, and leave that row out',
      );
  },
};

/** As a reader sees it: a secret is not to be hidden by what escapes it. */
function lettersOf(markdown: string): string {
  return markdown
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
