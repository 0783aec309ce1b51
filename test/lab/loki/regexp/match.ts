import { parseRegexp } from './parse.ts';
import { type Range, type Regexp, RegexpError } from './syntax.ts';

/** Tells whether a text matches. */
export type Matcher = (text: string) => boolean;

/** Steps of the machine a pattern becomes. Repeats are written out, so this bounds what a short pattern can ask for. */
const mostSteps = 20_000;

type Step =
  | { readonly kind: 'character'; readonly ranges: readonly Range[]; readonly negated: boolean; readonly next: number }
  | { readonly kind: 'at'; readonly where: (Regexp & { kind: 'at' })['where']; readonly next: number }
  | { readonly kind: 'fork'; readonly next: readonly number[] }
  | { readonly kind: 'found' };

/**
 * Whether the pattern occurs in a text, or, when `whole`, is all of it. The time it takes is bounded by the length of the text
 * times that of the pattern: all ways to match are followed at once. Throws RegexpError.
 */
export function compileRegexp(source: string, { whole }: { readonly whole: boolean }): Matcher {
  const tree = parseRegexp(source);
  const literal = literalOf(tree);
  if (literal !== undefined) return whole ? (text) => text === literal : (text) => text.includes(literal);
  const program = new Program(source);
  const found = program.add({ kind: 'found' });
  const start = compile(tree, whole ? program.add({ kind: 'at', where: 'text-end', next: found }) : found, program);
  return (text) => run(program.steps, start, text, whole);
}

class Program {
  readonly steps: Step[] = [];
  readonly #source: string;
  #visits = 0;

  constructor(source: string) {
    this.#source = source;
  }

  add(step: Step): number {
    return this.steps.push(step) - 1;
  }

  /** Called for every part of the tree each time it is written out, since a repeat of nothing adds no step. */
  visit(): void {
    if (++this.#visits > mostSteps) throw new RegexpError(`expression too large: \`${this.#source.slice(0, 40)}\``);
  }
}

/** The text a pattern without any special character stands for. */
function literalOf(tree: Regexp): string | undefined {
  const parts = tree.kind === 'sequence' ? tree.parts : [tree];
  let literal = '';
  for (const part of parts) {
    const [range, ...others] = part.kind === 'set' && !part.negated ? part.ranges : [];
    if (range === undefined || others.length > 0 || range[0] !== range[1]) return undefined;
    literal += String.fromCodePoint(range[0]);
  }
  return literal;
}

/** Adds the steps for a tree that goes on at `next`; returns where it begins. */
function compile(tree: Regexp, next: number, program: Program): number {
  program.visit();
  switch (tree.kind) {
    case 'set':
      return program.add({ kind: 'character', ranges: tree.ranges, negated: tree.negated, next });
    case 'at':
      return program.add({ kind: 'at', where: tree.where, next });
    case 'sequence':
      return tree.parts.reduceRight((after, part) => compile(part, after, program), next);
    case 'choice':
      return program.add({ kind: 'fork', next: tree.options.map((option) => compile(option, next, program)) });
    case 'repeat':
      return compileRepeat(tree, next, program);
  }
}

function compileRepeat(tree: Regexp & { kind: 'repeat' }, next: number, program: Program): number {
  let begin = next;
  if (tree.max === Infinity) {
    const targets: number[] = [next];
    const loop = program.add({ kind: 'fork', next: targets });
    targets.push(compile(tree.of, loop, program));
    begin = loop;
  } else {
    for (let left = tree.max - tree.min; left > 0; left--) {
      begin = program.add({ kind: 'fork', next: [next, compile(tree.of, begin, program)] });
    }
  }
  for (let left = tree.min; left > 0; left--) begin = compile(tree.of, begin, program);
  return begin;
}

function run(steps: readonly Step[], start: number, text: string, whole: boolean): boolean {
  /** At which position a step was last entered: each is entered once a position. */
  const entered = new Int32Array(steps.length).fill(-1);
  let current: number[] = [];
  for (let at = 0; ; ) {
    const waiting: number[] = [];
    const pending = at === 0 || !whole ? [...current, start] : current;
    while (pending.length > 0) {
      const index = pending.pop();
      if (index === undefined || entered[index] === at) continue;
      entered[index] = at;
      const step = steps[index];
      if (step === undefined) continue;
      if (step.kind === 'found') return true;
      if (step.kind === 'fork') pending.push(...step.next);
      else if (step.kind === 'character') waiting.push(index);
      else if (holds(step.where, text, at)) pending.push(step.next);
    }
    const point = text.codePointAt(at);
    if (point === undefined || (whole && waiting.length === 0)) return false;
    current = [];
    for (const index of waiting) {
      const step = steps[index];
      if (step?.kind === 'character' && isIn(point, step.ranges) !== step.negated) current.push(step.next);
    }
    at += point > 0xffff ? 2 : 1;
  }
}

function isIn(point: number, ranges: readonly Range[]): boolean {
  for (const [from, to] of ranges) if (point >= from && point <= to) return true;
  return false;
}

function holds(where: (Regexp & { kind: 'at' })['where'], text: string, at: number): boolean {
  switch (where) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'line-start':
      return at === 0 || text[at - 1] === '\n';
    case 'line-end':
      return at === text.length || text[at] === '\n';
    default:
      return (isWord(text[at - 1]) !== isWord(text[at])) === (where === 'word');
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9_]/.test(character);
}
