import { type Builtin, builtins } from './builtins.ts';
import { quote } from './escapes.ts';
import { Expander } from './expander.ts';
import { afterFlags } from './flags.ts';
import { guardedCalls, programName } from './guarded.ts';
import { judge } from './judge.ts';
import { limits, type Meter } from './limits.ts';
import { ENVIRONMENT, UNKNOWN } from './marks.ts';
import { parse } from './parser.ts';
import { runners } from './runners.ts';
import { credentialFile, isSecretFile, readers, secretsShown } from './secrets.ts';
import type { Command, Pipelines, Redirection, SimpleCommand } from './syntax.ts';
import { type Wrapper, wrappers } from './wrappers.ts';

interface Output {
  readonly path: string;
  readonly adds: boolean;
}

/** So many of the values that a variable may have are tried. */
const mostVariants = 12;

/** Runs commands in thought: follows what is set, written, defined and piped, and finds what is denied. */
export class Shell extends Expander {
  private scripts = 0;
  /** Of functions that nothing called yet. */
  private readonly bodies = new Set<Command>();

  constructor(meter: Meter) {
    super(meter);
  }

  /** @returns what it prints, as far as that is known */
  script(text: string, stdin: string | undefined, given = this.arguments, zero = this.zero): string {
    if (text.trim() === '' || text === UNKNOWN) return UNKNOWN;
    this.spend(text);
    this.scripts += 1;
    if (this.scripts > limits.scripts) throw new RangeError('scripts in scripts, too deep');
    const [arguments_, zero_] = [this.arguments, this.zero];
    this.arguments = given;
    this.zero = zero;
    const output = this.list(parse(text, this.meter), stdin);
    this.arguments = arguments_;
    this.zero = zero_;
    this.scripts -= 1;
    return output;
  }

  /** Functions that nothing called are read too: a trap or a hook may. */
  finish(): void {
    this.arguments = undefined;
    this.doubt += 1;
    for (const body of this.bodies) this.node(body, undefined);
    for (const sink of this.sinks.values()) if (!this.fed.has(sink)) this.list(sink, UNKNOWN);
  }

  protected override list(pipelines: Pipelines, stdin: string | undefined): string {
    let output = '';
    for (const stages of pipelines) {
      let flowing = stdin;
      for (const stage of stages) flowing = this.node(stage, flowing);
      output += flowing ?? '';
    }
    return this.spend(output);
  }

  private node(node: Command, piped: string | undefined): string {
    if (node.kind === 'simple') return this.simple(node, piped);
    if (node.kind === 'function') {
      this.functions.set(node.name, node.body);
      if (this.arguments !== undefined) this.bodies.add(node.body);
      return '';
    }
    const { stdin, out } = this.redirect(node.redirections, piped);
    if (node.kind === 'words') {
      this.text(node.pieces);
      return this.written('', out);
    }
    if (node.kind === 'for') {
      const items = node.words?.flatMap((word) => this.fields(word)) ?? this.arguments ?? [UNKNOWN];
      if (node.name !== '') this.variables.set(node.name, items.length === 0 ? [''] : items.slice(0, 50));
    }
    const branches = node.kind === 'for' || node.branch ? 1 : 0;
    this.branches += branches;
    const output = this.list(node.body, stdin);
    this.branches -= branches;
    return this.written(output, out);
  }

  private redirect(
    redirections: readonly Redirection[],
    piped: string | undefined,
  ): { readonly stdin: string | undefined; readonly out: Output | undefined } {
    let stdin = piped;
    let out: Output | undefined;
    for (const { from, operator, target } of redirections) {
      if (operator === '<<' || operator === '<<-') stdin = this.text(target);
      else if (operator === '<<<') stdin = `${this.text(target)}\n`;
      else {
        const path = this.fields(target).join(' ');
        if (operator === '<' || operator === '<>') {
          if (isSecretFile(path)) this.find({ program: '<', kind: 'secret', what: credentialFile });
          stdin = this.file(path) ?? UNKNOWN;
        } else if ((from === '' || from === '1') && !operator.endsWith('>&') && operator !== '<&') {
          out = { path, adds: operator.endsWith('>>') };
        }
      }
    }
    return { stdin, out };
  }

  private written(output: string, out: Output | undefined): string {
    if (out === undefined) return output;
    this.write(out.path, output, out.adds);
    return '';
  }

  /** Once for every value its variables may have by then. */
  private simple(node: SimpleCommand, piped: string | undefined): string {
    const before = [this.variant, this.most] as const;
    let output = '';
    this.variant = 0;
    do {
      this.most = 1;
      output += this.once(node, piped);
      this.variant += 1;
    } while (this.variant < Math.min(this.most, mostVariants));
    [this.variant, this.most] = before;
    return output;
  }

  private once({ words, assignments, redirections }: SimpleCommand, piped: string | undefined): string {
    this.commands += 1;
    if (this.commands > limits.commands) throw new RangeError('too many commands');
    const argv = words.flatMap((word) => this.fields(word));
    for (const assignment of assignments) {
      const value = assignment.array
        ? assignment.words.flatMap((item) => this.fields(item))
        : this.text(assignment.word);
      this.assign(assignment.name, value, assignment.adds, argv.length > 0);
    }
    const { stdin, out } = this.redirect(redirections, piped);
    if (argv.length === 0) return this.written(redirections.length > 0 ? (stdin ?? '') : '', out);
    return this.written(this.run(argv, stdin), out);
  }

  /** One command with its arguments. */
  run(argv: readonly string[], stdin: string | undefined): string {
    const [word, ...given] = argv;
    if (word === undefined) return '';
    this.meter.spend(argv.reduce((sum, one) => sum + one.length + 1, stdin?.length ?? 0));
    this.scripts += 1;
    if (this.scripts > limits.scripts * 2) throw new RangeError('commands in commands, too deep');
    const output = this.named(word, given, stdin);
    this.scripts -= 1;
    return output ?? UNKNOWN;
  }

  private named(word: string, given: readonly string[], stdin: string | undefined): string | undefined {
    if (word === UNKNOWN) return this.mayBeEmpty(given, stdin);
    const alias = this.aliases.get(word);
    if (alias !== undefined) return this.aliased(word, alias, given, stdin);
    const body = this.functions.get(word);
    if (body !== undefined) return this.call(body, given, stdin);
    const script = this.file(word);
    if (script !== undefined) return this.script(script, stdin, given);
    const name = programName(word);
    if (name === undefined) return undefined;
    for (const what of secretsShown(name, given, stdin)) this.find({ program: name, kind: 'secret', what });
    const known: Builtin | undefined = builtins.get(name) ?? runners.get(name);
    if (known !== undefined) return known(this, given, stdin, name);
    const wrapper = wrappers.get(name);
    if (wrapper !== undefined) return this.wrapped(wrapper, given, stdin);
    for (const [program, rest] of guardedCalls(name, given)) {
      const verdict = judge(program, rest, stdin);
      if (verdict !== undefined) this.find({ program, argv: [program, ...rest], stdin, ...verdict });
    }
    return stdin?.includes(ENVIRONMENT) && readers.has(name) ? ENVIRONMENT : UNKNOWN;
  }

  /** A word that cannot be known may be empty, and then the next word is the command. */
  private mayBeEmpty(given: readonly string[], stdin: string | undefined): string {
    this.doubt += 1;
    const output = this.run(given, stdin);
    this.doubt -= 1;
    return output;
  }

  /** An alias is not one inside of itself. */
  private aliased(name: string, alias: string, given: readonly string[], stdin: string | undefined): string {
    this.aliases.delete(name);
    const output = this.script([alias, ...given.map(quote)].join(' '), stdin);
    this.aliases.set(name, alias);
    return output;
  }

  private call(body: Command, given: readonly string[], stdin: string | undefined): string {
    if (this.scripts > limits.scripts) return UNKNOWN;
    this.bodies.delete(body);
    const before = this.arguments;
    this.arguments = given;
    this.scripts += 1;
    const output = this.node(body, stdin);
    this.scripts -= 1;
    this.arguments = before;
    return output;
  }

  /** What is behind the flags of a program that runs another. */
  wrapped({ values, skip }: Wrapper, given: readonly string[], stdin: string | undefined): string {
    let from = afterFlags(given, values) + skip;
    for (; /^[A-Za-z_]\w*=/.test(given[from] ?? ''); from += 1) {
      const [name = '', ...value] = (given[from] ?? '').split('=');
      this.assign(name, value.join('='));
    }
    const rest = given.slice(from);
    const [only = ''] = rest;
    return rest.length === 1 && /\s/.test(only) ? this.script(only, stdin) : this.run(rest, stdin);
  }
}
