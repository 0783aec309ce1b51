/**
 * What a document is read into, whether it was written in Markdown or in HTML.
 *
 *  block    a heading, a paragraph, an item of a list, a table or code, in the order of the document
 *  text     with its inline marks as Markdown has them (`~~struck~~`, `**bold**`); `plain` takes them off
 *  line     of the file, from 1, where the block begins
 *  flawed   what could not be read as it was written, and where
 */
export type Block =
  | { readonly kind: 'heading'; readonly depth: number; readonly text: string; readonly line: number }
  | { readonly kind: 'paragraph'; readonly text: string; readonly line: number }
  | {
      readonly kind: 'item';
      /** 0: of a list that is in no other. */
      readonly depth: number;
      readonly text: string;
      /** Undefined: it has no box. */
      readonly checked: boolean | undefined;
      readonly line: number;
    }
  | {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
      readonly line: number;
    }
  | { readonly kind: 'code'; readonly text: string; readonly line: number };

export interface Flaw {
  readonly line: number;
  readonly what: string;
  readonly why: string;
}

export interface ReadBlocks {
  readonly blocks: readonly Block[];
  readonly flawed: readonly Flaw[];
}

/** Without inline marks, tags and targets of links, as one line. */
export function plain(text: string): string {
  return text
    .replace(/!?\[([^[\]\n]{0,300})\]\([^()\n]{0,600}\)/g, '$1')
    .replace(/<\/?[a-zA-Z][^<>\n]{0,300}>/g, ' ')
    .replace(/\*\*|__|~~|`+/g, '')
    .replace(/(^|[\s(])\*([^\s*][^*\n]{0,300})\*/g, '$1$2')
    .replace(/\s+/g, ' ')
    .trim();
}

/** As Markdown again: what an HTML report is kept as. */
export function renderBlocks(blocks: readonly Block[]): string {
  const parts = blocks.map((block, index) => {
    const previous = blocks[index - 1];
    const text = renderBlock(block);
    return block.kind === 'item' && previous?.kind === 'item' ? text : `\n${text}`;
  });
  return `${parts.join('\n').trim()}\n`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.depth)} ${block.text}`;
    case 'paragraph':
      return block.text;
    case 'item': {
      const box = block.checked === undefined ? '' : block.checked ? '[x] ' : '[ ] ';
      return `${'  '.repeat(block.depth)}- ${box}${block.text}`;
    }
    case 'table': {
      const row = (cells: readonly string[]): string =>
        `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
      return [
        row(block.header),
        `|${block.header.map(() => '---|').join('')}`,
        ...block.rows.map(({ cells }) => row(cells)),
      ].join('\n');
    }
    case 'code':
      return `~~~~\n${block.text.replaceAll('~~~~', '~ ~ ~ ~')}\n~~~~`;
  }
}
