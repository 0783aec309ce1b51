import { list, map, type Node, type Place, scalar } from './node.ts';

/**
 * The plain part of YAML that manifests are nearly always made of, and that `yamlencode` writes: block maps and lists, keys
 * and texts about which no two parsers disagree. It is read here because the real parser needs a third of a millisecond for
 * each, and a plan has thousands. Undefined for everything else, which the real parser reads.
 */
export function plainYaml(text: string, start: Place | undefined): Node | undefined {
  if (/[^\x20-\x7e\n]/.test(text)) return undefined;
  const lines = text.split('\n').map((line): Line => {
    const content = line.trimStart();
    return { indent: line.length - content.length, content: content.trimEnd() };
  });
  const reader = new PlainReader(lines, start);
  try {
    return reader.readAll();
  } catch (error) {
    if (error === notPlain) return undefined;
    throw error;
  }
}

interface Line {
  readonly indent: number;
  readonly content: string;
}

const notPlain = new Error('not plain');
const keyed = /^("(?:[^"\\]|\\["\\nt])*"|[A-Za-z][\w./-]*):(?: (.+))?$/;
const quoted = /^"(?:[^"\\]|\\["\\nt])*"$/;
const number = /^(?:0|-?[1-9]\d{0,14})$/;
const quantity = /^[1-9]\d{0,14}(?:m|k|M|G|T|Ki|Mi|Gi|Ti)$/;
const word = /^[A-Za-z/][\w./@=-]*(?::[\w./@-]+)*$/;
const otherwiseMeant = /^(?:y|yes|n|no|on|off|true|false|null)$/i;
const deepest = 90;

class PlainReader {
  private at = 0;
  private readonly lines: Line[];
  private readonly start: Place | undefined;

  constructor(lines: readonly Line[], start: Place | undefined) {
    this.lines = [...lines];
    this.start = start;
  }

  readAll(): Node {
    const first = this.next();
    if (first?.indent !== 0) throw notPlain;
    const node = this.readBlock(0, 0);
    if (this.next() !== undefined) throw notPlain;
    return node;
  }

  /** The next line that is not empty. */
  private next(): Line | undefined {
    while (this.lines[this.at]?.content === '') this.at += 1;
    return this.lines[this.at];
  }

  private place(): Place | undefined {
    return this.start && { file: this.start.file, line: this.start.line + this.at };
  }

  private readBlock(indent: number, depth: number): Node {
    if (depth > deepest) throw notPlain;
    return this.next()?.content.startsWith('- ') === true ? this.readList(indent, depth) : this.readMap(indent, depth);
  }

  private readMap(indent: number, depth: number): Node {
    const place = this.place();
    const entries = new Map<string, Node>();
    for (let line = this.next(); line?.indent === indent && !line.content.startsWith('- '); line = this.next()) {
      const [, key = '', value] = keyed.exec(line.content) ?? [];
      const name = key.startsWith('"') ? String(JSON.parse(key)) : key;
      if (key === '' || entries.has(name) || (name === key && otherwiseMeant.test(key))) throw notPlain;
      // Where it stands has to be known before the next line is looked at.
      const here = this.place();
      this.at += 1;
      entries.set(name, value === undefined ? this.readBelow(indent, depth, here) : readScalar(value, here));
    }
    this.assertLeft(indent);
    return map(entries, { place });
  }

  /** What belongs to a key without a value of its own; a list may stand as far left as its key. */
  private readBelow(indent: number, depth: number, here: Place | undefined): Node {
    const below = this.next();
    const isList = below?.indent === indent && below.content.startsWith('- ');
    if (below === undefined || (below.indent <= indent && !isList)) return scalar(null, here);
    return this.readBlock(below.indent, depth + 1);
  }

  private readList(indent: number, depth: number): Node {
    const place = this.place();
    const items: Node[] = [];
    for (let line = this.next(); line?.indent === indent && line.content.startsWith('- '); line = this.next()) {
      const content = line.content.slice(2);
      if (content.startsWith(' ')) throw notPlain;
      if (keyed.test(content) || content.startsWith('- ')) {
        this.lines[this.at] = { indent: indent + 2, content };
        items.push(this.readBlock(indent + 2, depth + 1));
      } else {
        items.push(readScalar(content, this.place()));
        this.at += 1;
      }
    }
    this.assertLeft(indent);
    return list(items, { place });
  }

  /** After a block comes something further left, or the key after a list that stood as far left as its own. */
  private assertLeft(indent: number): void {
    const line = this.next();
    if (line !== undefined && (line.indent > indent || (line.indent === indent && line.content.startsWith('-')))) {
      throw notPlain;
    }
  }
}

function readScalar(text: string, place: Place | undefined): Node {
  if (quoted.test(text)) return scalar(String(JSON.parse(text)), place);
  if (text === '{}') return map([], { place });
  if (text === '[]') return list([], { place });
  if (text === 'true' || text === 'false') return scalar(text === 'true', place);
  if (text === 'null') return scalar(null, place);
  if (number.test(text)) return scalar(Number(text), place);
  if (quantity.test(text) || (word.test(text) && !otherwiseMeant.test(text))) return scalar(text, place);
  throw notPlain;
}
