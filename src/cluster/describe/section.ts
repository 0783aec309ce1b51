import { Untrusted } from '../../kit/index.ts';

/**
 * What a description is made of. A section holds lines, the most telling first: lines of ours, and lines somebody else
 * wrote. A reader who has room for less leaves out lines from the end of the least important sections.
 */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

export type Line = string | Untrusted;

const longestQuote = 240;

/** A line somebody else wrote, shortened, behind a label of ours that says where it is from. */
export function quoted(label: string, text: string | Untrusted): Untrusted {
  const outside = typeof text === 'string' ? new Untrusted(text) : text;
  return outside.map((whole) => {
    const line = whole.replace(/\s+/g, ' ').trim();
    return `${label}: ${line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line}`;
  });
}

/** A section, unless nothing is to be said. */
export function section(title: string, lines: readonly (Line | undefined)[]): Section | undefined {
  const said = lines.filter((line): line is Line => line !== undefined && line !== '');
  return said.length === 0 ? undefined : { title, lines: said };
}
