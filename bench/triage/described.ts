/**
 * What `kubectl describe` prints, as a tree: fields by indentation, and the lines below a field that are none, such as the rows
 * of a table or the further lines of a list of labels.
 */
export interface Described {
  readonly value: string;
  readonly fields: ReadonlyMap<string, Described>;
  readonly lines: readonly string[];
}

interface Growing {
  readonly indent: number;
  readonly value: string;
  readonly fields: Map<string, Growing>;
  readonly lines: string[];
}

const field = /^([^\s:][^:]*?):(?:\s+(.*))?$/;

export function parseDescribed(text: string): Described {
  const root: Growing = { indent: -1, value: '', fields: new Map(), lines: [] };
  const open: Growing[] = [root];
  for (const line of text.split('\n')) {
    const content = line.trim();
    if (content === '') continue;
    const indent = line.length - line.trimStart().length;
    while (open.length > 1 && (open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const parent = open.at(-1) ?? root;
    const [, key, value = ''] = /\s{2,}/.test(content.split(':')[0] ?? '') ? [] : (field.exec(content) ?? []);
    if (key === undefined) {
      parent.lines.push(content);
      continue;
    }
    const found: Growing = { indent, value: value.trim(), fields: new Map(), lines: [] };
    // The first says more: `Conditions` of a pod, not a container's of the same name.
    if (!parent.fields.has(key)) parent.fields.set(key, found);
    open.push(found);
  }
  return root;
}

export function valueAt(described: Described | undefined, ...path: readonly string[]): string | undefined {
  const found = fieldAt(described, ...path)?.value;
  return found === undefined || found === '' || /^<(?:none|unset|nil|unknown)>$/.test(found) ? undefined : found;
}

export function fieldAt(described: Described | undefined, ...path: readonly string[]): Described | undefined {
  return path.reduce<Described | undefined>((here, key) => here?.fields.get(key), described);
}

/** `a=1` lines of labels, selectors, and the value beside the name. */
export function pairsAt(described: Described | undefined, key: string): Readonly<Record<string, string>> {
  const found = described?.fields.get(key);
  const pairs = [found?.value ?? '', ...(found?.lines ?? [])].flatMap((line) => line.split(','));
  return Object.fromEntries(
    pairs
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]),
  );
}

/** Rows of a table whose columns are two spaces apart, without its head and the line under it. */
export function rowsOf(lines: readonly string[]): readonly (readonly string[])[] {
  return lines
    .filter((line) => !/^-+(?:\s+-+)*$/.test(line))
    .slice(1)
    .map((line) => line.split(/\s{2,}/));
}

/** `3h5m`, `62s`, `5d` in milliseconds. */
export function durationOf(text: string): number {
  const units: Readonly<Record<string, number>> = {
    s: 1_000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
    y: 31_536_000_000,
  };
  return [...text.matchAll(/(\d+)([smhdy])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}
