import { longestEntry } from '../entry.ts';

/**
 * A document cut into what can be found and read by itself.
 *
 *  line      as it stands in the text, with its end
 *  heading   ATX (`## Restore`) or setext (`Restore` over `-----`), outside of code fences and front matter
 *  part      a heading and everything up to the next one, however deep
 *  block     what is kept together if it fits: a paragraph, a list, a table, a code fence, front matter
 *  section   a part, or as many of its blocks as fit into one; at most 1,400 characters. All sections in a row are the text,
 *            but for white space between them
 */
export interface Section {
  /** From the title down: `Restore a claim > By hand`. */
  readonly heading: string;
  readonly content: string;
}

export function cutIntoSections(title: string, text: string): readonly Section[] {
  return joinBareHeadings(partsOf(text.replaceAll('\r\n', '\n'))).flatMap(({ path, lines }) => {
    const names = path[0] === title || title === '' ? path : [title, ...path];
    return contentsOf(lines).map((content) => ({ heading: names.join(' > '), content }));
  });
}

interface Part {
  readonly path: readonly string[];
  readonly lines: readonly Line[];
}

interface Line {
  readonly text: string;
  /** Of a fence or of front matter: no heading, no list, no end of a block. */
  readonly verbatim: boolean;
}

function partsOf(text: string): readonly Part[] {
  const parts: { path: readonly string[]; lines: Line[] }[] = [{ path: [], lines: [] }];
  const open: { readonly depth: number; readonly name: string }[] = [];
  const lines = linesOf(text);
  for (const [index, line] of lines.entries()) {
    const heading = line.verbatim ? undefined : headingOf(line.text, lines[index + 1], lines[index - 1]);
    if (heading !== undefined) {
      while ((open.at(-1)?.depth ?? 0) >= heading.depth) open.pop();
      open.push(heading);
      parts.push({ path: open.map(({ name }) => name), lines: [] });
    }
    parts.at(-1)?.lines.push(line);
  }
  return parts.filter(({ lines: own }) => own.some(({ text: line }) => line.trim() !== ''));
}

function linesOf(text: string): readonly Line[] {
  let fence: string | undefined;
  const all = text.split('\n');
  const matter = frontMatterLines(all);
  return all.map((line, index) => {
    if (index < matter) return { text: line, verbatim: true };
    const mark = line.match(/^ {0,3}(`{3,}|~{3,})([\s\S]*)/);
    if (fence !== undefined) {
      const [, ticks = '', rest = ''] = mark ?? [];
      if (ticks.startsWith(fence) && rest.trim() === '') fence = undefined;
      return { text: line, verbatim: true };
    }
    // A backtick behind the backticks makes it code within a line.
    if (mark?.[1] !== undefined && !(mark[1].startsWith('`') && mark[2]?.includes('`'))) {
      fence = mark[1];
      return { text: line, verbatim: true };
    }
    return { text: line, verbatim: false };
  });
}

/** How many lines from the first on are front matter; 0 when there is none or it has no end. */
function frontMatterLines(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  return end + 1;
}

function headingOf(
  line: string,
  next: Line | undefined,
  previous: Line | undefined,
): { readonly depth: number; readonly name: string } | undefined {
  const [, marks, name] = line.match(/^ {0,3}(#{1,6})(?:[ \t]([\s\S]*))?$/) ?? [];
  if (marks !== undefined) return { depth: marks.length, name: nameOf(name ?? '').replace(/(^| )#+$/, '') };
  if (next === undefined || next.verbatim || !isText(line)) return undefined;
  // Of a paragraph of several lines only the last one would be taken: that is no heading but a rule drawn under a text.
  if (previous !== undefined && !previous.verbatim && isText(previous.text)) return undefined;
  if (/^ {0,3}=+\s*$/.test(next.text)) return { depth: 1, name: nameOf(line) };
  if (/^ {0,3}-+\s*$/.test(next.text)) return { depth: 2, name: nameOf(line) };
  return undefined;
}

/** A line that may be a setext heading: not empty, no list, quote, table or rule. */
function isText(line: string): boolean {
  return /^ {0,3}\S/.test(line) && !/^ {0,3}([-*+>|]|\d+[.)]|=+\s*$|#{1,6}(\s|$))/.test(line);
}

/** A heading is shown as a name: one line, not too long. */
function nameOf(text: string): string {
  const name = cutAt(text.trim(), 1_000).replaceAll(/\s+/g, ' ');
  return name.length <= 120 ? name : `${cutAt(name, 119)}…`;
}

/** A heading without a text of its own, or with a few facts for one, goes with the first one below it, and front matter with whatever follows. */
function joinBareHeadings(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  let bare: readonly Line[] = [];
  for (const [index, { path, lines }] of parts.entries()) {
    const following = parts[index + 1]?.path;
    const waits = path.length === 0 ? lines.every(isMatter) : isHeadingOnly(lines);
    if (waits && following !== undefined && following.length > path.length) {
      bare = [...bare, ...lines];
      continue;
    }
    joined.push({ path, lines: [...bare, ...lines] });
    bare = [];
  }
  return joined;
}

function isMatter({ text, verbatim }: Line): boolean {
  return verbatim || text.trim() === '';
}

function isHeadingOnly(lines: readonly Line[]): boolean {
  const written = lines.filter(({ text }, index) => text.trim() !== '' && !(index > 0 && isFact(text)));
  if (written.length === 1) return true;
  return written.length === 2 && /^ {0,3}(=+|-+)\s*$/.test(written[1]?.text ?? '');
}

/** `date: 2026-03-14`, `**Owner**: robin`: said of a document, and nothing that anybody looks for by itself. */
function isFact(text: string): boolean {
  return text.length <= 120 && /^[-*]{0,3} {0,2}\p{L}[\p{L} ]{0,29}(?:\*\*:|:\*\*|:) \S/u.test(text);
}

function contentsOf(lines: readonly Line[]): readonly string[] {
  const contents: string[] = [];
  let open = '';
  for (const block of blocksOf(lines).flatMap((one) => fitting(one))) {
    const together = open === '' ? block : `${open}\n\n${block}`;
    if (together.length <= longestEntry) {
      open = together;
      continue;
    }
    contents.push(open);
    open = block;
  }
  if (open !== '') contents.push(open);
  return contents;
}

/** Separated by empty lines; a list or a fence holds its own. */
function blocksOf(lines: readonly Line[]): readonly string[] {
  const blocks: string[] = [];
  let open: string[] = [];
  const close = (): void => {
    const text = open.join('\n').trimEnd();
    if (text.trim() !== '') blocks.push(text);
    open = [];
  };
  const nextWritten = writtenAfter(lines);
  for (const [index, line] of lines.entries()) {
    if (line.text.trim() === '' && !line.verbatim && !continuesList(open, nextWritten[index])) close();
    else open.push(line.text);
  }
  close();
  return blocks;
}

/** Of each line the next one that is not empty. */
function writtenAfter(lines: readonly Line[]): readonly (Line | undefined)[] {
  const after: (Line | undefined)[] = [];
  let next: Line | undefined;
  for (const [index, line] of [...lines.entries()].reverse()) {
    after[index] = next;
    if (line.text.trim() !== '') next = line;
  }
  return after;
}

const listItem = /^ {0,3}([-*+]|\d+[.)])\s/;

function continuesList(open: readonly string[], next: Line | undefined): boolean {
  if (next === undefined || !listItem.test(open[0] ?? '')) return false;
  return listItem.test(next.text) || /^\s{2,}\S/.test(next.text);
}

/** A block that is too long is cut between lines, and a line that is too long between words. */
function fitting(block: string): readonly string[] {
  if (block.length <= longestEntry) return [block];
  const pieces: string[] = [];
  let open = '';
  for (const line of block.split('\n').flatMap((one) => cutLine(one))) {
    const together = open === '' ? line : `${open}\n${line}`;
    if (together.length <= longestEntry) {
      open = together;
      continue;
    }
    pieces.push(open);
    open = line;
  }
  return [...pieces, open].filter((piece) => piece.trim() !== '');
}

function cutLine(line: string): readonly string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > longestEntry) {
    const head = cutAt(rest, longestEntry);
    const space = head.search(/\s\S*$/);
    const piece = space > longestEntry / 2 ? head.slice(0, space) : head;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

/** No longer than this, and no character torn in two. */
function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
