import type { Redact } from '../../kit/index.ts';
import { type Block, type Flaw, renderBlocks } from './blocks.ts';
import { type Facts, takeFrontMatter } from './facts.ts';
import { readHtml, titleOfHtml } from './html.ts';
import { readMarkdown } from './markdown.ts';
import { type Outline, outlineOf } from './sections.ts';

/** One file of prose, redacted and read into blocks; nothing is taken from it yet. */
export interface Document {
  readonly path: string;
  readonly title: string | undefined;
  readonly outline: Outline;
  readonly blocks: readonly Block[];
  /** Of its front matter. */
  readonly facts: Facts;
  readonly markdown: string;
  readonly flawed: readonly Flaw[];
}

export function readDocument(path: string, given: string, redact: Redact): Document {
  const text = redact(
    given
      .replace(/^\uFEFF/, '')
      .replaceAll('\0', '')
      .toWellFormed(),
  ).text.replaceAll('\r\n', '\n');
  return /\.html?$/i.test(path) ? fromHtml(path, text, redact) : fromMarkdown(path, text);
}

function fromMarkdown(path: string, markdown: string): Document {
  const matter = takeFrontMatter(markdown);
  const { blocks, flawed } = readMarkdown(matter.text, matter.line);
  const outline = outlineOf(blocks);
  const title = matter.facts.get('title')?.[0] ?? outline.title;
  const flaws = matter.flaw === undefined ? flawed : [{ line: 1, what: 'front matter', why: matter.flaw }, ...flawed];
  return {
    path,
    title: title?.slice(0, 200).toWellFormed(),
    outline,
    blocks,
    facts: matter.facts,
    markdown,
    flawed: flaws,
  };
}

/** Entities hide a value from who reads the source: what they stand for is redacted as well. */
function fromHtml(path: string, source: string, redact: Redact): Document {
  const read = readHtml(source);
  const clean = (text: string): string => redact(text).text;
  const blocks = read.blocks.map(
    (block): Block =>
      block.kind === 'table'
        ? {
            ...block,
            header: block.header.map(clean),
            rows: block.rows.map(({ cells, line }) => ({ cells: cells.map(clean), line })),
          }
        : { ...block, text: clean(block.text) },
  );
  const outline = outlineOf(blocks);
  const named = titleOfHtml(source);
  const title = outline.title ?? (named === undefined ? undefined : clean(named));
  return { path, title, outline, blocks, facts: new Map(), markdown: renderBlocks(blocks), flawed: read.flawed };
}

/** The last part of its path without its ending; of `2026-03-14-x/README.md` the folder's. */
export function nameOfFile(path: string): string {
  const parts = path.split('/');
  const base = (parts.at(-1) ?? '').replace(/\.[A-Za-z]{2,8}$/, '');
  const folder = parts.at(-2);
  return folder !== undefined && /^(index|readme|report|post-?mortem)$/i.test(base) ? folder : base;
}

export function kebab(text: string, longest = 100): string {
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'unnamed' : name;
}
