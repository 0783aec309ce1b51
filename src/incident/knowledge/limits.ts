import { incidentError } from '../errors.ts';
import type { KnownIssue, Runbook } from './port.ts';

/** So much one origin may bring, that asking for all of it at each look at the cluster stays quick. */
const most = { issues: 500, runbooks: 500, criteria: 50, criterion: 300, line: 300, workaround: 4_000, text: 200_000 };

export interface Storable {
  readonly origin: string;
  readonly issues: readonly KnownIssue[];
  readonly runbooks: readonly Runbook[];
}

/** Everything is its origin's, whatever it says of itself. Throws `knowledge-invalid` for what is not kept, before any is. */
export function assertStorable(
  origin: string,
  { issues, runbooks }: { readonly issues: readonly KnownIssue[]; readonly runbooks: readonly Runbook[] },
): Storable {
  assertLine('an origin', origin);
  if (issues.length > most.issues) throw invalid(`more than ${most.issues} known issues`);
  if (runbooks.length > most.runbooks) throw invalid(`more than ${most.runbooks} runbooks`);
  const kept = {
    origin,
    issues: issues.map((issue) => storableIssue(issue, origin)),
    runbooks: runbooks.map((runbook) => storableRunbook(runbook, origin)),
  };
  assertOnce(
    'known issue',
    kept.issues.map(({ id }) => id),
  );
  assertOnce(
    'runbook',
    kept.runbooks.map(({ name }) => name),
  );
  return kept;
}

function storableIssue(issue: KnownIssue, origin: string): KnownIssue {
  const { id, title, services, namespaces, rules, symptoms, workaround, until } = issue;
  assertLine('the id of a known issue', id);
  assertLine(`the title of known issue ${plain(id)}`, title);
  if (workaround.length > most.workaround) throw invalid(`the workaround of known issue ${plain(id)} is too long`);
  if (until !== undefined) assertLine(`the day of known issue ${plain(id)}`, until);
  const criteria = (what: string, list: readonly string[]) => criteriaOf(`${what} of known issue ${plain(id)}`, list);
  return {
    id: clean(id),
    title: clean(title),
    services: criteria('services', services),
    namespaces: criteria('namespaces', namespaces),
    rules: criteria('rules', rules),
    symptoms: criteria('symptoms', symptoms),
    workaround: clean(workaround),
    until: until === undefined ? undefined : clean(until),
    origin,
  };
}

function storableRunbook(runbook: Runbook, origin: string): Runbook {
  const { name, title, services, alerts, symptoms, text } = runbook;
  assertLine('the name of a runbook', name);
  assertLine(`the title of runbook ${plain(name)}`, title);
  if (text.length > most.text) throw invalid(`runbook ${plain(name)} is too long`);
  const criteria = (what: string, list: readonly string[]) => criteriaOf(`${what} of runbook ${plain(name)}`, list);
  return {
    name: clean(name),
    title: clean(title),
    services: criteria('services', services),
    alerts: criteria('alerts', alerts),
    symptoms: criteria('symptoms', symptoms),
    text: clean(text),
    origin,
  };
}

function criteriaOf(what: string, list: readonly string[]): readonly string[] {
  if (list.length > most.criteria) throw invalid(`more than ${most.criteria} ${what}`);
  const tooLong = list.some((one) => one.length > most.criterion);
  if (tooLong) throw invalid(`one of the ${what} has more than ${most.criterion} characters`);
  return list.map(clean);
}

function assertLine(what: string, line: string): void {
  if (clean(line) === '') throw invalid(`${what} is empty`);
  if (line.length > most.line) throw invalid(`${what} has more than ${most.line} characters`);
}

function assertOnce(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`${what} ${plain(twice)} is there twice`);
}

/** What a database cannot keep in a text. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').trim();
}

/** A name as it may stand in a message. */
function plain(name: string): string {
  return /^[\w.-]{1,60}$/.test(name) ? name : '?';
}

function invalid(why: string): Error {
  return incidentError('knowledge-invalid', {
    message: `nothing of the origin was taken in: ${why}`,
    next: 'correct the file and import it again',
  });
}
