import { agoText } from '../../src/cluster/index.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Episode, Suspect, SuspectChange, Triage } from '../../src/incident/triage/port.ts';
import { type Coverage, oneLine, Untrusted } from '../../src/kit/index.ts';
import { plainName, plainObject, stampText } from './words.ts';

type Blocks = readonly (string | Untrusted)[];

export function triageHeadline({ severity, rules }: Triage, { override }: Pick<Incident, 'override'>): string {
  const [deciding] = rules;
  const said =
    severity === 'unknown'
      ? 'UNKNOWN severity: what would tell could not be looked at'
      : severity === 'none'
        ? 'no severity: no rule fired, and everything was looked at'
        : `${severity}${deciding === undefined ? '' : ` by ${deciding.rule}`}`;
  return override === undefined ? said : `${said}; overridden as ${override.severity}`;
}

export function unreadOf({ unread }: Triage): NonNullable<Coverage['missing']> {
  return unread.slice(0, 12).map(({ what, why }) => ({ what: oneLine(what, 80), why: oneLine(why, 160) }));
}

/** Worst first: what decides, what is suspected, what changed. */
export function triageBlocks({ rules, wouldRaise, suspects, changes }: Triage, now: Date): Blocks {
  return [
    ...section('rules that fired:', rules, ({ rule, severity, why, objects }) => ({
      ours: `${severity} ${plainName(rule)}${objectsText(objects)}`,
      said: `${rule}: ${oneLine(why, 240)}`,
    })),
    ...section('would raise it:', wouldRaise.slice(0, 6), ({ rule, severity, needs }) => ({
      ours: `${severity} ${plainName(rule)}`,
      said: `${rule}: ${oneLine(needs, 200)}`,
    })),
    ...suspectBlocks(suspects, now),
    ...changeBlocks(changes, now),
  ];
}

/** What belongs together, where it is, and whom to ask. */
export function surroundingBlocks({ episodes, nodes, namespaces, domains, specialists }: Triage): Blocks {
  return [
    ...section('episodes:', episodes.slice(0, 6), episodeText),
    `nodes: ${nodes.ready} of ${nodes.total} ready${nodes.notReady.length === 0 ? '' : `; NOT READY: ${nodes.notReady.slice(0, 10).map(plainName).join(', ')}`}`,
    ...(namespaces.length === 0 ? [] : [`namespaces: ${namespaces.slice(0, 20).map(plainName).join(', ')}`]),
    ...(domains.length === 0 ? [] : [`domains: ${domains.map(plainName).join(', ')}`]),
    ...section('ask:', specialists.slice(0, 6), ({ agent, why }) => ({
      ours: plainName(agent),
      said: `${agent}: ${oneLine(why, 160)}`,
    })),
  ];
}

/** The sentences are ours, but name alerts and whatever else can be called anything: they stand behind the lines, in one fence. */
function section<One>(
  head: string,
  all: readonly One[],
  tell: (one: One, index: number) => { readonly ours: string; readonly said: string },
): Blocks {
  if (all.length === 0) return [];
  const told = all.map(tell);
  return [head, ...told.map(({ ours }) => `  ${ours}`), new Untrusted(told.map(({ said }) => said).join('\n'))];
}

function objectsText(objects: readonly string[]): string {
  if (objects.length === 0) return '';
  const more = objects.length > 4 ? ` and ${objects.length - 4} more` : '';
  return ` [${objects.slice(0, 4).map(plainObject).join(', ')}${more}]`;
}

const mostSuspects = 6;

function suspectBlocks(suspects: readonly Suspect[], now: Date): Blocks {
  if (suspects.length === 0) return ['suspects: none'];
  return [
    `suspects, best first${suspects.length > mostSuspects ? `, ${mostSuspects} of ${suspects.length}` : ''}:`,
    ...suspects.slice(0, mostSuspects).flatMap((suspect, index) => {
      const { object, score, why, explainedBy, lastChange } = suspect;
      return [
        `  ${index + 1}. ${plainObject(object)} ${score.toFixed(2)}${explainedBy === undefined ? '' : `, explained by ${plainObject(explainedBy)}`}`,
        // Reasons quote what the cluster says of it.
        ...reasonBlocks(why),
        ...(lastChange === undefined
          ? []
          : [
              `     last changed ${agoText(lastChange.at, now)}, ${stampText(lastChange.at)}:`,
              new Untrusted(oneLine(lastChange.text, 200)),
            ]),
      ];
    }),
  ];
}

/** A reason may be empty: what the cluster says of it was. */
function reasonBlocks(why: readonly string[]): Blocks {
  const said = why.map((one) => oneLine(one, 200)).filter((one) => one !== '');
  return said.length === 0 ? [] : [new Untrusted(said.slice(0, 5).join('\n'))];
}

function changeBlocks(changes: readonly SuspectChange[], now: Date): Blocks {
  if (changes.length === 0) return ['changes: none found; where something could not be looked at, that says nothing'];
  return [
    'changes:',
    ...changes.slice(0, 5).flatMap(({ at, what, object, text, by, score }) => [
      `  ${stampText(at)} (${agoText(at, now)}) ${plainName(what)} ${plainObject(object)} ${score.toFixed(2)}`,
      // Authors of commits choose their names.
      new Untrusted(oneLine(by === undefined ? text : `${text}, by ${by}`, 240)),
    ]),
  ];
}

function episodeText({ from, to, what, objects, count, shared }: Episode, index: number) {
  const where = `${objectsText(objects)}${shared === undefined ? '' : `, shared: ${plainObject(shared)}`}`;
  return {
    ours: `${index + 1}. ${stampText(from)} to ${stampText(to)} ×${count}${where}`,
    said: `${index + 1}. ${oneLine(what, 160)}`,
  };
}
