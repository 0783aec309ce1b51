import { lexer, type Token, walkTokens } from 'marked';
import { parseDocument } from 'yaml';
import { kebab } from './slug.ts';

/** A rendered report, read back as a reader's program would read it. */
export interface ReportPage {
  readonly markdown: string;
  /** Undefined where it is no YAML. */
  readonly frontMatter: Readonly<Record<string, unknown>> | undefined;
  /** Sections by title, with the letters below each heading. */
  readonly sections: ReadonlyMap<string, string>;
  /** HTML that a program would pass through. */
  readonly html: readonly string[];
  readonly links: readonly string[];
  readonly images: readonly string[];
  /** What a link can lead to: headings, as anchors. */
  readonly anchors: ReadonlySet<string>;
}

export function readPage(markdown: string): ReportPage {
  const [, front, body = markdown] = /^---\n([\s\S]*?\n)---\n([\s\S]*)$/.exec(markdown) ?? [];
  const tokens = lexer(body, { gfm: true });
  const html: string[] = [];
  const links: string[] = [];
  const images: string[] = [];
  const anchors = new Set<string>();
  void walkTokens(tokens, (token) => {
    if (token.type === 'html') html.push(token.raw);
    if (token.type === 'link') links.push(String(token['href']));
    if (token.type === 'image') images.push(String(token['href']));
    if (token.type === 'heading') anchors.add(anchorOf(String(token['text'])));
  });
  return { markdown, frontMatter: readFront(front), sections: sectionsOf(tokens), html, links, images, anchors };
}

function anchorOf(heading: string): string {
  return /^ev_[a-z2-7]{8}$/.test(heading) ? heading : kebab(heading);
}

function readFront(front: string | undefined): ReportPage['frontMatter'] {
  if (front === undefined) return undefined;
  const document = parseDocument(front);
  if (document.errors.length > 0) return undefined;
  const value: unknown = document.toJS();
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
}

function sectionsOf(tokens: readonly Token[]): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let title: string | undefined;
  for (const token of tokens) {
    if (token.type === 'heading' && token['depth'] <= 2) {
      title = token['depth'] === 2 ? String(token['text']) : undefined;
      if (title !== undefined) sections.set(title, sections.get(title) ?? '');
    } else if (title !== undefined) {
      sections.set(title, `${sections.get(title) ?? ''}${token.raw}`);
    }
  }
  return sections;
}
