import { claimsOf } from '../claims.ts';
import { durationPattern, durationsIn } from '../duration.ts';
import { canonical, type Ground, groundOf, holdsDuration, holdsMoment, holdsText, numbersIn } from '../ground.ts';
import { momentPattern, momentsNamed } from '../moments.ts';
import type { ReportInput } from '../port.ts';
import { type Breach, error, type ReportRule, shown } from '../rule.ts';

/**
 * Letter by letter for quotes. A time is right to the precision it is written in. A number stands in the evidence with its unit; it
 * may be one the record counts itself, or part of a name the record knows. A duration stands in the evidence, lies between two
 * times of the record, or between the two times of its own sentence.
 */
export const wordsStandInEvidence: ReportRule = {
  id: 'V11',
  title: 'Quotes, times, durations and numbers of a claim stand in the evidence it cites.',
  severities: ['error'],
  *check(input) {
    for (const { path, claim } of claimsOf(input.narrative)) {
      const ground = groundOf(input, claim.evidence);
      if (
        claim.quote !== undefined &&
        !claim.evidence.some((id) => input.payloads.get(id)?.includes(claim.quote ?? ''))
      )
        yield error(
          `${path}.quote`,
          `no cited evidence says “${shown(claim.quote)}”`,
          'copy the words as they stand there, or leave the quote out',
        );
      yield* ungrounded(`${path}.text`, claim.text, ground, 'cite the evidence that holds it, or leave it out');
    }
    const everything = withHistory(input);
    const fix = 'write only what evidence of this incident holds';
    yield* ungrounded('title', input.narrative.title, everything, fix);
    yield* ungrounded('recurrence.text', input.narrative.recurrence.text, everything, fix);
  },
};

function withHistory(input: ReportInput): Ground {
  const ground = groundOf(
    input,
    input.dossier.evidence.map(({ id }) => id),
  );
  const told = input.dossier.candidates.flatMap(({ title, cause, fix, why, at, actions }) => [
    title,
    cause ?? '',
    fix ?? '',
    ...why,
    at?.toISOString() ?? '',
    ...actions.map((action) => action.title),
  ]);
  return {
    ...ground,
    texts: [...ground.texts, ...told],
    numbers: new Set([...ground.numbers, ...told.flatMap(numbersIn), String(input.dossier.candidates.length)]),
  };
}

const quoted = /"([^"\n]{3,})"|“([^”\n]{3,})”|`([^`\n]{3,})`|«([^»\n]{3,})»/g;
/** Words that have a digit by their nature. */
const plainWords =
  /^(?:p[0-3]|sev[1-4]|k[38]s|ipv[46]|s3|l[2-7]|http\/?[123](?:\.[01])?|tls1?\.?[0-3]?|oauth2|utf-?8|sha-?(?:1|256|512)|base(?:32|64)|x86(?:_64)?|amd64|arm64|[45]xx|2fa)$/i;
const writtenNumbers =
  /\b(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?)\b/gi;

function* ungrounded(path: string, text: string, ground: Ground, fix: string): Iterable<Breach> {
  for (const match of text.matchAll(quoted)) {
    const words = match.slice(1).find((group) => group !== undefined) ?? '';
    if (!holdsText(ground, words) && !ground.names.includes(words))
      yield error(path, `“${shown(words)}” does not stand in what is cited`, fix);
  }
  const bare = text.replace(quoted, ' ').replace(/\b(?:ev|act|fi)_[a-z2-7]{8}\b|\binc_[a-z2-7]{10}\b/g, ' ');
  for (const moment of momentsNamed(bare))
    if (!holdsMoment(ground, moment) && !holdsText(ground, moment.text))
      yield error(path, `the time ${moment.text} does not stand in what is cited`, `${fix}; times are UTC`);
  for (const duration of durationsIn(bare.replace(momentPattern, ' ')))
    if (!holdsDuration(ground, duration.ms, bare))
      yield error(path, `the duration ${duration.text} does not stand in what is cited`, fix);
  const rest = bare.replace(momentPattern, ' ').replace(durationPattern, ' ');
  for (const [word] of rest.matchAll(/[\p{L}\d](?:[\p{L}\d._/:+%×→-]|,(?=\d))*/gu))
    if (/\d/.test(word) && !isGrounded(word.replace(/[._/:+-]+$/, ''), ground))
      yield error(path, `${shown(word)} does not stand in what is cited`, fix);
  for (const [word] of rest.matchAll(writtenNumbers))
    if (!ground.texts.some((held) => held.toLowerCase().includes(word.toLowerCase())))
      yield error(path, `“${word}” does not stand in what is cited`, 'write the number as the evidence has it');
}

function isGrounded(word: string, ground: Ground): boolean {
  if (plainWords.test(word) || standsAlone(word, ground.names)) return true;
  const [, number, unit = ''] = /^(\d[\d.,]*)(%|[a-zµ]{1,4})?$/i.exec(word) ?? [];
  if (number !== undefined && unit === '') return ground.numbers.has(canonical(number));
  if (ground.texts.some((text) => standsAlone(word, text))) return true;
  if (number !== undefined) return ground.texts.some((text) => standsAlone(`${number} ${unit}`, text));
  const parts = word.split(/[/:×→x-]/);
  return parts.length > 1 && parts.every((part) => /^\d[\d.,]*$/.test(part) && ground.numbers.has(canonical(part)));
}

/** Not as a part of a longer word or number. */
function standsAlone(word: string, text: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before = ' ', after = ' ', next = ' '] = [text[at - 1], text[at + word.length], text[at + word.length + 1]];
    if (
      !/[\p{L}\d]/u.test(before) &&
      !/[\p{L}\d]/u.test(after) &&
      !(/[.,]/.test(after) && /\d/.test(next)) &&
      !(/[.,]/.test(before) && /\d/.test(text[at - 2] ?? ' '))
    )
      return true;
  }
  return false;
}
