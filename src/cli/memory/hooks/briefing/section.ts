import type { Row, Told } from './told.ts';

/** One part of the briefing: whole where there is room, and else fewer rows of it. */
export interface Section {
  /** What it is about, in a few words of ours. */
  readonly about: string;
  /** The tool that tells all of it. */
  readonly tool: string;
  readonly said: string;
  readonly unseen: string | undefined;
  readonly frame: readonly string[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  /** Rows there are, told or not. */
  readonly total: number;
}

/** What may be said of a section before its rows: three of these have room beside a row or two each. */
const longestSaid = 240;
const longestUnseen = 120;

export interface Chosen {
  readonly about: string;
  readonly tool: string;
  /** Which of the lines below the rows are told. */
  readonly notes: RegExp;
  /** How many of the first rows are meant; all unless said. */
  readonly meant?: number | undefined;
}

export function sectionOf(told: Told, { about, tool, notes, meant = told.total }: Chosen): Section {
  const rows = told.rows.slice(0, meant);
  return {
    about,
    tool,
    said: wholeParts(told.said, tool),
    unseen: told.unseen.length === 0 ? undefined : unseenText(told.unseen),
    frame: told.frame,
    rows,
    notes: told.notes.filter((note) => notes.test(note)),
    total: Math.min(told.total, meant),
  };
}

/** What is not known is said, and is not taken for well. */
export function unknownSection({ about, tool }: Chosen, why: string): Section {
  const said = `UNKNOWN: ${tool} ${why}`;
  return { about, tool, said, unseen: undefined, frame: [], rows: [], notes: [], total: 0 };
}

/** The parts of a headline that have room, each whole; that something is unknown before all others. */
function wholeParts(said: string, tool: string): string {
  if (bytesOf(said) <= longestSaid) return said;
  const parts = said.split('; ');
  const unknown = parts.filter((part) => part.includes('UNKNOWN'));
  const given = unknown.map((part) => (bytesOf(part) <= longestSaid / 2 ? part : 'UNKNOWN in part'));
  let left = 0;
  for (const part of parts.filter((one) => !unknown.includes(one))) {
    if (bytesOf([...given, part].join('; ')) <= longestSaid) given.push(part);
    else left += 1;
  }
  return left === 0 ? given.join('; ') : [...given, `more than has room here: ${tool}`].join('; ');
}

function unseenText(unseen: readonly string[]): string {
  const given: string[] = [];
  for (const one of unseen) if (bytesOf([...given, one].join('; ')) <= longestUnseen) given.push(one);
  const more = unseen.length - given.length;
  return [...given, ...(more === 0 ? [] : [given.length === 0 ? `${more} things` : `and ${more} more`])].join('; ');
}

function bytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text), 'utf8') - 2;
}
