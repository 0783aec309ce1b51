import { type Block, plain } from './blocks.ts';
import { type SectionKind, sectionKindOf } from './vocabulary.ts';

/** A heading and what is under it up to the next of the same depth or above; what is under a deeper heading is told apart. */
export interface Section {
  /** Undefined: what stands before the first heading, or under the document's title. */
  readonly kind: SectionKind | undefined;
  /** From the outermost below the title to its own. */
  readonly headings: readonly string[];
  readonly depth: number;
  readonly line: number;
  readonly blocks: readonly Block[];
}

export interface Outline {
  readonly title: string | undefined;
  readonly sections: readonly Section[];
}

interface OpenSection extends Section {
  readonly blocks: Block[];
}

/** A section whose heading says nothing is of the kind of the one it is in. */
export function outlineOf(blocks: readonly Block[]): Outline {
  const sections: OpenSection[] = [];
  const open: { readonly depth: number; readonly text: string; readonly kind: SectionKind | undefined }[] = [];
  let title: string | undefined;
  let current: OpenSection = { kind: undefined, headings: [], depth: 0, line: 1, blocks: [] };
  sections.push(current);
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      current.blocks.push(block);
      continue;
    }
    const text = plain(block.text);
    if (title === undefined && (block.depth === 1 || sections.length === 1)) {
      title = text.slice(0, 200).toWellFormed();
      continue;
    }
    while ((open.at(-1)?.depth ?? 0) >= block.depth) open.pop();
    // A parent that is about actions stays so: `Preventive` or `Monitoring` under it is a group of them.
    const outer = open.at(-1)?.kind;
    const kind =
      outer === 'actions' || outer === 'raw' || outer === 'timeline' ? outer : (sectionKindOf(text) ?? outer);
    open.push({ depth: block.depth, text, kind });
    current = {
      kind,
      headings: open.slice(0, 6).map((one) => one.text),
      depth: block.depth,
      line: block.line,
      blocks: [],
    };
    sections.push(current);
  }
  return { title, sections };
}

/** The words of sections of these kinds, in the order of the kinds, cut at a word. */
export function wordsOf(sections: readonly Section[], kinds: readonly SectionKind[], longest = 1_500): string {
  const parts = kinds.flatMap((kind) => sections.filter((one) => one.kind === kind).map((one) => proseOf(one.blocks)));
  return shorten(parts.filter((part) => part !== '').join('\n'), longest);
}

/** Paragraphs and items; tables row by row, code as it stands. */
export function proseOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'table')
        return block.rows
          .map(({ cells }) =>
            cells
              .map(plain)
              .filter((cell) => cell !== '')
              .join(' · '),
          )
          .join('\n');
      if (block.kind === 'code') return block.text.slice(0, 500);
      return block.kind === 'heading' ? '' : plain(block.text);
    })
    .filter((text) => text !== '')
    .join('\n');
}

export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = text.slice(0, longest - 1);
  const space = head.lastIndexOf(' ');
  return `${(space > longest / 2 ? head.slice(0, space) : head).toWellFormed()}…`;
}
