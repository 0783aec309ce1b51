#!/usr/bin/env node
// biome-ignore-all lint/style/noExcessiveLinesPerFile: the hook is one file without dependencies, so that nothing has to be installed or built for it
/**
 * PreToolUse hook for Bash. Reads a shell command as a shell would, without running it, and denies what changes the homelab
 * past the human gate or prints a secret; the reason names the tool of the catalogue that does it the legal way.
 *
 *  piece      a part of a word: text, a parameter, a command substitution, a process substitution, arithmetic
 *  simple     one command with its assignments, words and redirections
 *  wrapper    a program that runs another: sudo, xargs, timeout …
 *  finding    a simple command that is denied: mutation, reach (into a pod), secret, or unknown (a verb that cannot be known)
 *
 * It is a seat belt and a signpost. The boundary is that the agent's host holds no write credentials: docs/guard.md.
 * Client's contract: exit 0 with a JSON decision on stdout, or exit 2 with words on stderr; any other end lets the command run.
 */
import { readFileSync, readSync, realpathSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What cannot be known from the text: the value of a variable, the output of a program. */
const UNKNOWN = '\u0000';
/** Follows UNKNOWN where it stands for a credential of the environment. */
const SECRET = '\u0001';
/** The output of `env` and its like. */
const ENVIRONMENT = '\u0002';
const limits = {
  command: 1_000_000,
  input: 8_000_000,
  nesting: 60,
  scripts: 24,
  commands: 20_000,
  words: 50_000,
  work: 8_000_000,
};

const list = (names) => names.split(/\s+/).filter(Boolean);
const set = (names) => new Set(list(names));

// ---------------------------------------------------------------- parser: text to commands

const ends = String.raw`(?=[\s;&|()<>]|$)`;
const reserved = (names) => new RegExp(`(?:${names})${ends}`, 'y');
const words = {
  branch: reserved('then|elif|else|fi'),
  loop: reserved('do'),
  done: reserved('done'),
  brace: reserved('\\}'),
  case: /;;&?|;&|esac(?=[\s;&|()<>]|$)/y,
  paren: /\)/y,
  closer: /(?:\)|(?:then|elif|else|fi|do|done|esac|\})(?=[\s;&|()<>]|$))/y,
};
const declaring = set('declare export local readonly typeset');

class Parser {
  constructor(text, depth = 0) {
    this.text = text;
    this.at = 0;
    this.depth = depth;
    this.heredocs = [];
    this.retries = 0;
    this.commands = 0;
    this.words = 0;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  sees(pattern) {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  need(pattern) {
    if (this.take(pattern) === null) throw new SyntaxError('a bracket or a word that closes is missing');
  }

  nested(parse) {
    this.depth += 1;
    if (this.depth > limits.nesting) throw new SyntaxError('nested too deep');
    const parsed = parse();
    this.depth -= 1;
    return parsed;
  }

  /** Blanks, continued lines, comments; with `lines` also newlines, behind which the bodies of here-documents are. */
  skip(lines) {
    for (;;) {
      this.take(/(?:[ \t\r]|\\\n)+/y);
      if (this.text[this.at] === '#') this.take(/[^\n]+/y);
      else if (lines && this.text[this.at] === '\n') {
        this.at += 1;
        this.readHeredocs();
      } else return;
    }
  }

  /** Pipelines up to what matches `stop`, or to the end when there is none. */
  list(stop) {
    return this.nested(() => {
      const pipelines = [];
      for (;;) {
        do this.skip(true);
        while (!(stop === words.case && this.sees(words.case)) && this.take(/&&|\|\||;|&(?!>)/y));
        if (stop !== undefined && this.sees(stop)) return pipelines;
        if (this.at >= this.text.length) {
          if (stop === undefined) return pipelines;
          throw new SyntaxError('the text ends before the command');
        }
        if (this.sees(words.closer)) throw new SyntaxError('something is closed that was not opened');
        pipelines.push(this.pipeline());
      }
    });
  }

  pipeline() {
    const stages = [];
    do {
      this.skip(true);
      while (this.take(/!(?=\s)|time[ \t]+-p(?=\s)|time(?=[ \t]+[^-\s])|coproc[ \t]+(?:\w+[ \t]+(?=[{(]))?/y)) {
        this.skip(false);
      }
      stages.push(this.command());
      this.skip(false);
    } while (this.take(/\|&?(?!\|)/y));
    return stages;
  }

  command() {
    const begun = this.at;
    const node = this.nested(() => this.compound());
    if (node === undefined) return this.simple();
    for (;;) {
      this.skip(false);
      const redirection = this.redirection();
      if (redirection === undefined) break;
      node.redirections.push(redirection);
    }
    if (this.at === begun) throw new SyntaxError('nothing was read');
    return node;
  }

  compound() {
    const group = (body, more = {}) => ({ kind: 'group', body, redirections: [], ...more });
    if (this.take(/\(\(/y)) {
      const pieces = this.arithmetic(this.at - 2);
      if (pieces !== undefined) return { kind: 'words', pieces, redirections: [] };
    }
    if (this.take(/\(/y)) {
      const body = this.list(words.paren);
      this.need(words.paren);
      return group(body);
    }
    if (this.take(reserved('\\{'))) return group(this.until(words.brace));
    if (this.take(reserved('if'))) {
      const body = [];
      for (;;) {
        body.push(...this.list(words.branch));
        if (this.take(words.branch)?.[0] === 'fi') return group(body, { branch: true });
      }
    }
    if (this.take(reserved('while|until'))) {
      const test = this.list(words.loop);
      this.need(words.loop);
      return group([...test, ...this.until(words.done)], { branch: true });
    }
    if (this.take(reserved('for|select'))) return this.forLoop();
    if (this.take(reserved('case'))) return this.caseOf();
    if (this.take(/\[\[(?=\s)/y)) {
      const pieces = [];
      for (;;) {
        this.skip(true);
        if (this.take(/\]\](?=[\s;&|()<>]|$)/y)) return { kind: 'words', pieces, redirections: [] };
        if (this.at >= this.text.length) throw new SyntaxError('[[ is not closed');
        if (!this.take(/[&|()<>;]+/y)) pieces.push(...this.word());
      }
    }
    const named =
      this.take(/function[ \t]+([^\s()]+)[ \t]*(?:\([ \t]*\))?\s*/y) ??
      this.take(/([^\s;&|<>()$`"'\\#=]+)[ \t]*\([ \t]*\)\s*/y);
    if (named !== null) {
      this.skip(true);
      return { kind: 'function', name: named[1], body: this.command(), redirections: [] };
    }
    return undefined;
  }

  until(stop) {
    const body = this.list(stop);
    this.need(stop);
    return body;
  }

  forLoop() {
    this.skip(true);
    const node = { kind: 'for', name: '', words: undefined, body: [], redirections: [] };
    if (this.take(/\(\(/y)) {
      if (this.arithmetic(this.at) === undefined) throw new SyntaxError('(( is not closed');
    } else {
      node.name = this.take(/[A-Za-z_]\w*/y)?.[0] ?? '';
      this.skip(true);
      if (this.take(reserved('in'))) node.words = this.wordsUntil(/[\n;&|]/y, false);
    }
    this.skip(true);
    this.take(/;/y);
    this.skip(true);
    if (this.take(reserved('\\{'))) node.body = this.until(words.brace);
    else {
      this.need(words.loop);
      node.body = this.until(words.done);
    }
    return node;
  }

  caseOf() {
    const node = { kind: 'group', body: [], branch: true, redirections: [] };
    this.skip(true);
    node.body.push([{ kind: 'words', pieces: this.word(), redirections: [] }]);
    this.skip(true);
    this.need(reserved('in'));
    for (;;) {
      this.skip(true);
      if (this.take(reserved('esac'))) return node;
      this.take(/\(/y);
      do {
        this.skip(true);
        this.word();
        this.skip(true);
      } while (this.take(/\|/y));
      this.need(words.paren);
      node.body.push(...this.list(words.case));
      this.take(/;;&?|;&/y);
    }
  }

  wordsUntil(stop, lines) {
    const found = [];
    for (;;) {
      this.skip(lines);
      if (this.at >= this.text.length || this.sees(stop)) return found;
      const begun = this.at;
      found.push(this.word());
      if (this.at === begun) throw new SyntaxError('a word was expected');
    }
  }

  simple() {
    this.commands += 1;
    if (this.commands > limits.commands) throw new RangeError('too many commands');
    const node = { kind: 'simple', assignments: [], words: [], redirections: [] };
    for (;;) {
      this.skip(false);
      if (this.at >= this.text.length || this.sees(/[\n;|)]|&(?!>)/y)) return node;
      const redirection = this.redirection();
      if (redirection !== undefined) {
        node.redirections.push(redirection);
        continue;
      }
      const first = node.words[0]?.[0]?.text;
      const assigned =
        node.words.length === 0 || declaring.has(first) ? this.take(/([A-Za-z_]\w*)(?:\[[^\]\s]*\])?(\+?)=/y) : null;
      if (assigned === null) {
        const begun = this.at;
        node.words.push(this.word());
        if (this.at === begun) throw new SyntaxError('a word was expected');
      } else {
        const assignment = { name: assigned[1], adds: assigned[2] === '+' };
        if (this.take(/\(/y)) {
          assignment.items = this.wordsUntil(words.paren, true);
          this.need(words.paren);
        } else assignment.value = this.word();
        node.assignments.push(assignment);
      }
    }
  }

  redirection() {
    const found = this.take(/(\d*|\{\w+\})(<<<|<<-?|<>|<&|&>>?|>>|>\||>&|<(?!\()|>(?!\())/y);
    if (found === null) return undefined;
    const redirection = { from: found[1], operator: found[2], target: [] };
    this.skip(false);
    const begun = this.at;
    redirection.target = this.word();
    if (redirection.operator.startsWith('<<') && redirection.operator !== '<<<') {
      const written = this.text.slice(begun, this.at);
      const end = redirection.target.map((piece) => piece.text ?? '').join('');
      redirection.target = [];
      this.heredocs.push({ redirection, end, literal: /["'\\]/.test(written), tabs: redirection.operator === '<<-' });
    }
    return redirection;
  }

  readHeredocs() {
    for (const { redirection, end, literal, tabs } of this.heredocs.splice(0)) {
      const lines = [];
      while (this.at < this.text.length) {
        const newline = this.text.indexOf('\n', this.at);
        const stop = newline === -1 ? this.text.length : newline;
        const line = this.text.slice(this.at, stop);
        this.at = Math.min(stop + 1, this.text.length);
        const shown = tabs ? line.replace(/^\t+/, '') : line;
        if (shown === end) break;
        lines.push(shown);
      }
      const body = lines.map((line) => `${line}\n`).join('');
      redirection.target = literal
        ? [{ text: body, quoted: true }]
        : new Parser(body, this.depth + 1).quoted(undefined);
    }
  }

  word() {
    this.words += 1;
    if (this.words > limits.words) throw new RangeError('too many words');
    const pieces = [];
    for (;;) {
      const run = this.take(/[^ \t\r\n;&|<>()\\'"$`]+/y);
      if (run !== null) pieces.push({ text: run[0] });
      const next = this.text[this.at];
      if (next === '\\') {
        if (this.text[this.at + 1] !== '\n') pieces.push({ text: this.text[this.at + 1] ?? '\\', quoted: true });
        this.at += 2;
      } else if (next === "'") pieces.push(this.singleQuoted());
      else if (next === '"') {
        this.at += 1;
        pieces.push({ text: '', quoted: true }, ...this.quoted('"'));
      } else if (next === '$') pieces.push(...this.dollar(false));
      else if (next === '`') pieces.push(this.backtick(false));
      else if ((next === '<' || next === '>') && this.text[this.at + 1] === '(') {
        this.at += 2;
        pieces.push({ process: this.until(words.paren), into: next === '>' });
      } else if (next === '(' && /[?*+@!]$/.test(run?.[0] ?? '')) this.extendedGlob(pieces);
      else if (run === null) return pieces;
    }
  }

  extendedGlob(pieces) {
    this.nested(() => {
      this.at += 1;
      pieces.push({ text: '*' });
      while (!this.take(words.paren)) {
        if (this.at >= this.text.length) throw new SyntaxError('a pattern is not closed');
        if (!this.take(/[ \t\r\n;&|<>(]+/y)) pieces.push(...this.word());
      }
    });
  }

  singleQuoted() {
    const close = this.text.indexOf("'", this.at + 1);
    if (close === -1) throw new SyntaxError("' is not closed");
    const piece = { text: this.text.slice(this.at + 1, close), quoted: true };
    this.at = close + 1;
    return piece;
  }

  /** Inside double quotes, or a here-document when `end` is undefined. */
  quoted(end) {
    return this.nested(() => {
      const pieces = [];
      for (;;) {
        const run = this.take(/[^"\\$`]+/y);
        if (run !== null) pieces.push({ text: run[0], quoted: true });
        const next = this.text[this.at];
        if (next === undefined) {
          if (end === undefined) return pieces;
          throw new SyntaxError('" is not closed');
        }
        if (next === '"') {
          this.at += 1;
          if (end === '"') return pieces;
          pieces.push({ text: '"', quoted: true });
        } else if (next === '\\') {
          const escaped = this.text[this.at + 1] ?? '';
          const means = escaped === '\n' ? '' : '$`"\\'.includes(escaped) ? escaped : `\\${escaped}`;
          pieces.push({ text: means, quoted: true });
          this.at += 2;
        } else if (next === '$') pieces.push(...this.dollar(true));
        else pieces.push(this.backtick(true));
      }
    });
  }

  dollar(quoted) {
    const ansi = quoted ? null : this.take(/\$'((?:[^'\\]|\\[\s\S])*)'/y);
    if (ansi !== null) return [{ text: unescaped(ansi[1]), quoted: true }];
    if (!quoted && this.take(/\$"/y)) return [{ text: '', quoted: true }, ...this.quoted('"')];
    if (this.take(/\$\(\(/y)) {
      const pieces = this.arithmetic(this.at - 3);
      if (pieces !== undefined) return [{ sum: pieces, quoted: true }];
    }
    if (this.take(/\$\(/y)) return [{ command: this.until(words.paren), quoted }];
    if (this.take(/\$\{/y)) return [this.parameter(quoted)];
    const name = this.take(/\$([A-Za-z_]\w*|[0-9@*#?$!-])/y);
    if (name !== null) return [{ name: name[1], operator: '', quoted }];
    this.at += 1;
    return [{ text: '$', quoted: true }];
  }

  parameter(quoted) {
    const found = this.take(/(!?)(#?)([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[([^\]]*)\])?/y);
    const operator = this.take(/:?[-=+?]|##?|%%?|\/[/#%]?|\^\^?|,,?|:|@/y)?.[0] ?? '';
    const argument = this.nested(() => {
      const pieces = [];
      for (;;) {
        const run = this.take(quoted ? /[^}\\"$`]+/y : /[^}\\'"$`]+/y);
        if (run !== null) pieces.push({ text: run[0], quoted: true });
        const next = this.text[this.at];
        if (next === undefined) throw new SyntaxError('${ is not closed');
        if (next === "'") pieces.push(this.singleQuoted());
        else if (next === '$') pieces.push(...this.dollar(true));
        else if (next === '`') pieces.push(this.backtick(true));
        else {
          this.at += 1;
          if (next === '}') return pieces;
          if (next === '"') pieces.push(...this.quoted('"'));
          else pieces.push({ text: this.text[this.at++] ?? '', quoted: true });
        }
      }
    });
    if (found === null) return { name: '?', operator: '', quoted };
    const [, indirect, length, name, index] = found;
    return { name, index, operator, argument, quoted, length: length === '#', indirect: indirect === '!' };
  }

  backtick(quoted) {
    let inner = '';
    for (this.at += 1; ; this.at += 1) {
      const next = this.text[this.at];
      if (next === undefined) throw new SyntaxError('` is not closed');
      if (next === '`') break;
      if (next === '\\' && '`$\\'.includes(this.text[this.at + 1] ?? ' ')) this.at += 1;
      inner += this.text[this.at];
    }
    this.at += 1;
    return { command: new Parser(inner, this.depth + 1).list(undefined), quoted };
  }

  /** Behind `((`: the substitutions inside; undefined, and back at `back`, when it is no arithmetic but two brackets. */
  arithmetic(back) {
    const pieces = [];
    const open = this.depth;
    let brackets = 0;
    try {
      this.depth += 1;
      if (this.depth > limits.nesting) throw new SyntaxError('nested too deep');
      for (;;) {
        this.take(/[^()$`]+/y);
        const next = this.text[this.at];
        if (next === undefined) break;
        if (next === '$') pieces.push(...this.dollar(true));
        else if (next === '`') pieces.push(this.backtick(true));
        else {
          this.at += 1;
          if (next === '(') brackets += 1;
          else if (brackets > 0) brackets -= 1;
          else if (this.take(words.paren)) return pieces;
          else break;
        }
      }
    } finally {
      this.depth = open;
    }
    this.retries += 1;
    if (this.retries > 20) throw new SyntaxError('brackets that are no arithmetic');
    this.at = back;
    return undefined;
  }
}

/** What `$'…'`, `echo -e` and `printf` make of escapes. */
function unescaped(text) {
  const plain = { n: '\n', t: '\t', r: '\r', a: '', b: '', e: '', E: '', f: '', v: '' };
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|0?([0-7]{1,3})|([\s\S]))/g,
    (_, hex, short, long, octal, other) => {
      const digits = hex ?? short ?? long;
      if (digits !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(digits, 16), 0x10ffff));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return plain[other] ?? other;
    },
  );
}

/** `{a,b}c` as its words; a range stays one word, since its items are never a program. */
function braces(pieces) {
  if (!pieces.some((piece) => !piece.quoted && piece.text?.includes('{'))) return [pieces];
  const atoms = pieces.flatMap((piece) =>
    piece.text === undefined || piece.quoted ? [piece] : [...piece.text].map((text) => ({ text })),
  );
  const isMark = (atom, mark) => atom.text === mark && !atom.quoted;
  const spread = (from, depth) => {
    for (let open = 0; open < from.length; open += 1) {
      if (!isMark(from[open], '{')) continue;
      const parts = [[]];
      let level = 0;
      let close = open + 1;
      for (; close < from.length; close += 1) {
        if (isMark(from[close], '}') && level === 0) break;
        if (isMark(from[close], ',') && level === 0) parts.push([]);
        else parts.at(-1).push(from[close]);
        if (isMark(from[close], '{')) level += 1;
        if (isMark(from[close], '}')) level -= 1;
      }
      if (close === from.length) return [from];
      if (parts.length === 1) continue;
      if (depth > 8 || parts.length > 64) return [from];
      const tails = spread(from.slice(close + 1), depth + 1);
      const heads = parts.flatMap((part) => spread(part, depth + 1)).slice(0, 64);
      return heads.flatMap((head) => tails.map((tail) => [...from.slice(0, open), ...head, ...tail])).slice(0, 64);
    }
    return [from];
  };
  return spread(atoms, 0);
}

// ---------------------------------------------------------------- shell: commands to findings

const globbed = /[*?[]/;

/** Undefined when the pattern could take long. */
function globPattern(glob) {
  if (glob.length > 100 || (glob.match(/[*[]/g) ?? []).length > 3) return undefined;
  const source = glob
    .replace(/[.+^${}()|\\\]]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[[^\]]*(\\\])?/g, '.');
  return new RegExp(`^${source}$`);
}

const secretVariable =
  /^(?:(?:VAULT|BAO)_(?:TOKEN|SECRET_ID)|PGPASSWORD|SOPS_AGE_KEY|ARGOCD_AUTH_TOKEN|KUBE_TOKEN|TF_TOKEN_\w+|TF_VAR_\w*(?:password|token|secret)\w*)$/i;
const secretFile =
  /(?:^|[/=@:])\.vault-token$|\.kube\/(?:config[^/]*|\*)$|\.tfstate(?:\.\w+)*$|\/k3s\.yaml$|\/etc\/kubernetes\/[\w-]+\.conf$|^\/proc\/[^/]+\/environ$/;
const secretFileNames = ['.vault-token', 'terraform.tfstate', '.kube/config'];
const readers =
  set(`cat tac nl less more most head tail bat batcat grep egrep fgrep rg ag ack awk gawk mawk sed cut sort uniq jq yq
  base64 base32 xxd od hexdump strings dd cp mv scp rsync diff vi vim nvim nano emacs tee paste fold rev tar zip curl wget column`);
/** The first operand of these is a pattern or a program, not a file. */
const patternFirst = set('grep egrep fgrep rg ag ack awk gawk mawk sed jq yq');

class Shell {
  constructor() {
    this.variables = new Map();
    this.aliases = new Map();
    this.functions = new Map();
    this.bodies = new Set();
    this.files = new Map();
    this.sinks = new Map();
    this.fed = new Set();
    this.findings = [];
    this.arguments = [];
    this.zero = UNKNOWN;
    this.commands = 0;
    this.work = 0;
    this.scripts = 0;
    this.branches = 0;
    this.variant = 0;
    this.most = 1;
    /** Above 0: what is read may not be what runs, so only what is certain is a finding. */
    this.doubt = 0;
  }

  spend(text) {
    this.work += text.length + 1;
    if (this.work > limits.work) throw new RangeError('too much text');
    return text;
  }

  script(text, stdin, given = this.arguments, zero = this.zero) {
    if (text.trim() === '' || text === UNKNOWN) return UNKNOWN;
    this.spend(text);
    this.scripts += 1;
    if (this.scripts > limits.scripts) throw new RangeError('scripts in scripts, too deep');
    const before = [this.arguments, this.zero];
    [this.arguments, this.zero] = [given, zero];
    const output = this.list(new Parser(text).list(undefined), stdin);
    [this.arguments, this.zero] = before;
    this.scripts -= 1;
    return output;
  }

  /** Functions that nothing called are read too: a trap or a hook may. */
  finish() {
    this.arguments = undefined;
    this.doubt += 1;
    for (const body of this.bodies) this.node(body, undefined);
    for (const sink of this.sinks.values()) if (!this.fed.has(sink)) this.list(sink, UNKNOWN);
  }

  list(pipelines, stdin) {
    let output = '';
    for (const stages of pipelines) {
      let flowing = stdin;
      for (const stage of stages) flowing = this.node(stage, flowing);
      output += flowing ?? '';
    }
    return this.spend(output);
  }

  node(node, piped) {
    if (node.kind === 'simple') return this.simple(node, piped);
    if (node.kind === 'function') {
      this.functions.set(node.name, node.body);
      if (this.arguments !== undefined) this.bodies.add(node.body);
      return '';
    }
    const { stdin, out } = this.redirect(node.redirections, piped);
    let output = '';
    if (node.kind === 'words') this.text(node.pieces);
    else if (node.kind === 'for') {
      const items = node.words?.flatMap((word) => this.fields(word)) ?? this.arguments ?? [UNKNOWN];
      if (node.name !== '') this.variables.set(node.name, items.length === 0 ? [''] : items.slice(0, 50));
      output = this.branching(() => this.list(node.body, stdin));
    } else output = node.branch ? this.branching(() => this.list(node.body, stdin)) : this.list(node.body, stdin);
    return this.written(output, out);
  }

  branching(run) {
    this.branches += 1;
    const output = run();
    this.branches -= 1;
    return output;
  }

  redirect(redirections, piped) {
    let stdin = piped;
    let out;
    for (const { from, operator, target } of redirections) {
      if (operator === '<<' || operator === '<<-') stdin = this.text(target);
      else if (operator === '<<<') stdin = `${this.text(target)}\n`;
      else {
        const path = this.fields(target).join(' ');
        if (operator === '<' || operator === '<>') {
          if (isSecretFile(path)) this.find({ program: '<', kind: 'secret', what: 'a file that holds credentials' });
          stdin = this.file(path) ?? UNKNOWN;
        } else if ((from === '' || from === '1') && !operator.endsWith('>&') && operator !== '<&') {
          out = { path, adds: operator.endsWith('>>') };
        }
      }
    }
    return { stdin, out };
  }

  written(output, out) {
    if (out === undefined) return output;
    this.write(out.path, output, out.adds);
    return '';
  }

  write(path, text, adds) {
    const sink = this.sinks.get(path);
    const name = path.replace(/^\.\//, '');
    if (sink === undefined) this.files.set(name, this.spend(adds ? (this.files.get(name) ?? '') + text : text));
    else {
      this.fed.add(sink);
      this.list(sink, text);
    }
  }

  /** What the text itself wrote into a file. */
  file(path) {
    return this.files.get((path ?? '').replace(/^\.\//, ''));
  }

  /** Once for every value its variables may have by then. */
  simple(node, piped) {
    const before = [this.variant, this.most];
    let output = '';
    this.variant = 0;
    do {
      this.most = 1;
      output += this.once(node, piped);
      this.variant += 1;
    } while (this.variant < Math.min(this.most, 12));
    [this.variant, this.most] = before;
    return output;
  }

  once(node, piped) {
    this.commands += 1;
    if (this.commands > limits.commands) throw new RangeError('too many commands');
    const argv = node.words.flatMap((word) => this.fields(word));
    for (const { name, adds, items, value } of node.assignments) {
      this.assign(
        name,
        items === undefined ? this.text(value) : items.flatMap((item) => this.fields(item)),
        adds,
        argv.length > 0,
      );
    }
    const { stdin, out } = this.redirect(node.redirections, piped);
    if (argv.length === 0) return this.written(node.redirections.length > 0 ? (stdin ?? '') : '', out);
    return this.written(this.run(argv, stdin) ?? '', out);
  }

  assign(name, value, adds = false, beside = false) {
    const known = this.variables.get(name) ?? [];
    const last = known.at(-1);
    const whole =
      !adds || last === undefined ? value : Array.isArray(last) ? [...last, ...[value].flat()] : `${last}${value}`;
    this.spend(typeof whole === 'string' ? whole : whole.join(' '));
    const keeps = this.branches > 0 || this.variant > 0 || (beside && known.length > 0);
    this.variables.set(name, keeps ? [...known, whole].slice(-12) : [whole]);
  }

  // ---- words

  fields(word) {
    return braces(word).flatMap((pieces) => this.split(pieces));
  }

  split(pieces) {
    const found = [];
    let word = '';
    let begun = false;
    for (const piece of pieces) {
      const value = this.value(piece);
      const whole = piece.text !== undefined || (piece.quoted && !Array.isArray(value));
      const parts = whole
        ? [value]
        : piece.quoted
          ? value
          : [value]
              .flat()
              .join(' ')
              .split(/[ \t\n]+/);
      for (const [index, part] of parts.entries()) {
        if (index > 0) {
          if (begun || word !== '' || piece.quoted) found.push(word);
          word = '';
          begun = false;
        }
        word += part;
        begun ||= piece.quoted === true && parts.length > 0;
      }
    }
    if (begun || word !== '') found.push(this.spend(word));
    return found;
  }

  text(pieces) {
    return this.spend(pieces.map((piece) => [this.value(piece)].flat().join(' ')).join(''));
  }

  value(piece) {
    if (piece.text !== undefined) return piece.text;
    if (piece.command !== undefined) return this.list(piece.command, undefined).replace(/\n+$/, '');
    if (piece.process !== undefined) {
      const path = `/dev/fd/${63 + this.files.size + this.sinks.size}`;
      if (piece.into) this.sinks.set(path, piece.process);
      else this.files.set(path, this.list(piece.process, undefined));
      return path;
    }
    if (piece.sum !== undefined) {
      this.text(piece.sum);
      return UNKNOWN;
    }
    return this.parameter(piece);
  }

  lookUp(name, index) {
    if (name === '@' || name === '*') return this.arguments;
    if (name === '0') return this.zero;
    if (/^\d+$/.test(name)) return this.arguments === undefined ? undefined : (this.arguments[name - 1] ?? '');
    const values = this.variables.get(name);
    if (values === undefined) return name === 'IFS' ? ' ' : undefined;
    this.most = Math.max(this.most, values.length);
    const value = values[Math.min(this.variant, values.length - 1)];
    if (!Array.isArray(value)) return value;
    return index === '@' || index === '*' ? value : (value[index ?? 0] ?? '');
  }

  parameter({ name, index, operator, argument, length, indirect }) {
    const found = this.lookUp(name, index);
    if (length) return UNKNOWN;
    if (indirect) return typeof found === 'string' ? (this.lookUp(found) ?? UNKNOWN) : UNKNOWN;
    const missing = found === undefined;
    const mayDefault = /^:?[-=]$/.test(operator) && !secretVariable.test(name);
    if (mayDefault && (missing || found === '')) {
      const value = this.text(argument);
      if (operator.endsWith('=')) this.assign(name, value);
      return value;
    }
    if (/^:?\+$/.test(operator)) return found === '' ? '' : this.text(argument);
    if (missing)
      return name === 'KUBECONFIG' ? `${UNKNOWN}/.kube/config` : secretVariable.test(name) ? UNKNOWN + SECRET : UNKNOWN;
    if (operator === '' || /^:?[-=?]$/.test(operator)) return found;
    return Array.isArray(found) ? UNKNOWN : altered(found, operator, this.text(argument));
  }

  // ---- one command

  find(finding) {
    if (this.doubt === 0 || finding.kind !== 'unknown') this.findings.push({ place: this.commands, ...finding });
  }

  doubted(run) {
    this.doubt += 1;
    const output = run();
    this.doubt -= 1;
    return output;
  }

  /** What it prints, as far as that is known. */
  run(argv, stdin) {
    const [word, ...given] = argv;
    if (word === undefined) return '';
    this.scripts += 1;
    if (this.scripts > limits.scripts * 2) throw new RangeError('commands in commands, too deep');
    const output = this.named(word, given, stdin);
    this.scripts -= 1;
    return output ?? UNKNOWN;
  }

  named(word, given, stdin) {
    // It may be empty, and then the next word is the command.
    if (word === UNKNOWN) return this.doubted(() => this.run(given, stdin));
    const alias = this.aliases.get(word);
    if (alias !== undefined) {
      this.aliases.delete(word);
      const output = this.script([alias, ...given.map(quote)].join(' '), stdin);
      this.aliases.set(word, alias);
      return output;
    }
    const body = this.functions.get(word);
    if (body !== undefined) return this.call(body, given, stdin);
    const script = this.file(word);
    if (script !== undefined) return this.script(script, stdin, given);
    const name = programName(word);
    if (name === undefined) return undefined;
    const known = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
    const wrapper = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
    this.readsSecrets(name, given, stdin);
    if (known !== undefined) return known(this, given, stdin, name);
    if (wrapper !== undefined) return this.wrapped(wrapper, given, stdin);
    for (const [program, rest] of guardedCalls(name, given)) {
      const finding = judge(program, rest, stdin);
      if (finding !== undefined) this.find({ program, argv: [program, ...rest], stdin, ...finding });
    }
    if (stdin?.includes(ENVIRONMENT) && readers.has(name)) return ENVIRONMENT;
    return UNKNOWN;
  }

  call(body, given, stdin) {
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

  wrapped({ values, skip = 0 }, given, stdin) {
    let from = afterFlags(given, values) + skip;
    while (/^[A-Za-z_]\w*=/.test(given[from] ?? '')) {
      const [name, ...value] = given[from].split('=');
      this.assign(name, value.join('='));
      from += 1;
    }
    const rest = given.slice(from);
    if (rest.length === 1 && /\s/.test(rest[0])) return this.script(rest[0], stdin);
    return this.run(rest, stdin);
  }

  readsSecrets(name, given, stdin) {
    const found = (what) => this.find({ program: name, kind: 'secret', what });
    const shows = ['echo', 'printf', 'print'].includes(name) ? given.join(' ') : readers.has(name) ? (stdin ?? '') : '';
    if (shows.includes(SECRET)) found('a credential of the environment');
    if (!readers.has(name)) return;
    const operands = given.filter((one) => !/^-./.test(one) || /^-+[\w-]*=?@/.test(one));
    const byFlag = given.some((one) => /^(?:-[ef]|--regexp|--file|--expression)/.test(one));
    if (stdin?.includes(ENVIRONMENT) && given.some((one) => /token|secret|passw|vault|pgpass|credential/i.test(one))) {
      found('a credential of the environment');
    }
    if (operands.slice(patternFirst.has(name) && !byFlag ? 1 : 0).some(isSecretFile))
      found('a file that holds credentials');
  }
}

/** `${name#pattern}` and its like where the pattern is plain; UNKNOWN otherwise. */
function altered(value, operator, argument) {
  const plain = !globbed.test(argument) && !argument.includes(UNKNOWN) && !value.includes(UNKNOWN);
  if (value.includes(SECRET)) return UNKNOWN + SECRET;
  if (operator[0] === ',') return value.toLowerCase();
  if (operator[0] === '^')
    return operator === '^' ? value.slice(0, 1).toUpperCase() + value.slice(1) : value.toUpperCase();
  if (!plain) return UNKNOWN;
  if (operator[0] === '#') return value.startsWith(argument) ? value.slice(argument.length) : value;
  if (operator[0] === '%')
    return argument !== '' && value.endsWith(argument) ? value.slice(0, -argument.length) : value;
  if (operator === ':' && /^\s*\d+(?::\d+)?$/.test(argument)) {
    const [from, length] = argument.split(':').map(Number);
    return value.slice(from, length === undefined ? undefined : from + length);
  }
  if (operator === '/' || operator === '//') {
    const [pattern, ...rest] = argument.split('/');
    if (pattern === '') return value;
    return operator === '//' ? value.split(pattern).join(rest.join('/')) : value.replace(pattern, () => rest.join('/'));
  }
  return UNKNOWN;
}

function isSecretFile(word) {
  const path = word.replace(/^(?:@|if=|file:\/\/)/, '');
  if (secretFile.test(path)) return true;
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (!globbed.test(last) || !/^[^*?[]{3}/.test(last)) return false;
  const pattern = globPattern(last);
  return secretFileNames.some((name) => {
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    return path.slice(0, -last.length).endsWith(folder) && (pattern?.test(name.slice(folder.length)) ?? false);
  });
}

function quote(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The index of the first word that is no flag. */
function afterFlags(given, values) {
  let index = 0;
  for (; index < given.length; index += 1) {
    const word = given[index];
    if (word === '--') return index + 1;
    if (!word.startsWith('-') || word === '-') return index;
    if (values?.has(word)) index += 1;
  }
  return index;
}

// ---------------------------------------------------------------- wrappers and builtins

const wrapping = (values, skip = 0) => ({ values: set(values), skip });
const wrappers = {
  sudo: wrapping(
    '-u -g -h -p -C -r -t -T -D -R -U --user --group --host --prompt --chdir --chroot --role --type --other-user',
  ),
  doas: wrapping('-u -C -a'),
  exec: wrapping('-a'),
  builtin: wrapping(''),
  nohup: wrapping(''),
  time: wrapping('-f -o --format --output'),
  timeout: wrapping('-s -k --signal --kill-after', 1),
  gtimeout: wrapping('-s -k --signal --kill-after', 1),
  nice: wrapping('-n --adjustment'),
  ionice: wrapping('-c -n -p -P -u --class --classdata'),
  chrt: wrapping('-T -P -D', 1),
  taskset: wrapping('', 1),
  stdbuf: wrapping('-i -o -e --input --output --error'),
  setsid: wrapping(''),
  unshare: wrapping('-S -G -R -w --wd --root'),
  nsenter: wrapping('-t -S -G --target'),
  chroot: wrapping('', 1),
  caffeinate: wrapping('-t -w'),
  unbuffer: wrapping(''),
  chronic: wrapping(''),
  retry: wrapping('-t -m -s --times --delay --until'),
  strace: wrapping('-o -e -p -s -u -E -P -a -S -b -I -O -X'),
  entr: wrapping(''),
  'systemd-run': wrapping('-p -u -M -H -t --unit --property --description --slice --uid --gid'),
  'aws-vault': wrapping('-d --duration', 2),
  op: wrapping('--env-file --account', 1),
  doppler: wrapping('-p -c -t --project --config --token', 1),
  direnv: wrapping('', 2),
  mise: wrapping('-C --cd', 1),
  asdf: wrapping('', 1),
  busybox: wrapping(''),
  watch: wrapping('-n -q --interval --equexit'),
};

const shellFlags = set('--rcfile --init-file -o +o -O +O');

function shell(state, given, stdin) {
  let index = 0;
  let script = false;
  let reads = false;
  for (; index < given.length && /^[-+]./.test(given[index]); index += 1) {
    const flag = given[index];
    if (flag === '--') {
      index += 1;
      break;
    }
    if (shellFlags.has(flag)) index += 1;
    else if (!flag.startsWith('--')) {
      script ||= flag.includes('c');
      reads ||= flag.includes('s');
      if (/o$/i.test(flag)) index += 1;
    }
  }
  const [first, ...rest] = given.slice(index);
  if (script) return state.script(first ?? '', stdin, rest.slice(1), rest[0]);
  if (first !== undefined && !reads && first !== '-' && first !== '/dev/stdin') {
    return state.script(state.file(first) ?? '', stdin, rest);
  }
  return state.script(stdin ?? '', undefined, given.slice(index));
}

/** Programs that run the words behind a flag, joined, as a script. */
const behindFlag =
  (...flags) =>
  (state, given, stdin) => {
    for (const [index, word] of given.entries())
      if (flags.includes(word)) state.script(given.slice(index + 1)[0] ?? '', stdin);
  };

const eachAsScript = (state, given, stdin) => {
  for (const word of given) if (/\s/.test(word)) state.script(word, stdin);
};

const containerValues = (given) => {
  let index = 0;
  const bare =
    /^(?:-[itdPqT]+|--(?:rm|init|privileged|interactive|tty|detach|read-only|no-healthcheck|publish-all|quiet|no-deps|service-ports|build|no-TTY|help|[\w-]+=.*))$/;
  for (; index < given.length; index += 1) {
    if (given[index] === '--') return index + 1;
    if (!given[index].startsWith('-')) return index;
    if (!bare.test(given[index]) && !/^-[a-z]./.test(given[index].replace(/^--.*/, ''))) index += 1;
  }
  return index;
};

function container(state, given, stdin, name) {
  const from = afterFlags(
    given,
    set('-H --host -c --context -l --log-level --config --url -n --namespace -f --file -p'),
  );
  const [verb, ...rest] = given.slice(from);
  if (verb === 'compose' || verb === 'container') return container(state, rest, stdin, name);
  if (verb !== 'run' && verb !== 'exec' && verb !== 'create') return undefined;
  const image = containerValues(rest);
  const inner = rest.slice(image + 1);
  const entry = rest.slice(0, image).findIndex((word) => word.startsWith('--entrypoint'));
  const program = entry === -1 ? undefined : (rest[entry].split('=')[1] ?? rest[entry + 1]);
  if (program !== undefined) return state.run([program, ...inner], stdin);
  state.run(inner, stdin);
  const base = (rest[image] ?? '').replace(/^.*\//, '').replace(/[:@].*$/, '');
  // Its entry point is the program it is named after.
  if (verb === 'run' && isGuarded(base) && !isGuarded(inner[0]) && builtins[inner[0]] !== shell)
    state.run([base, ...inner], stdin);
  return UNKNOWN;
}

function xargs(state, given, stdin) {
  const values = set(
    '-I -i -n -P -L -s -d -a -E -J -R --max-args --max-procs --max-lines --delimiter --arg-file --replace',
  );
  const from = afterFlags(given, values);
  const command = given.slice(from);
  const at = given.findIndex((word, index) => index < from && /^-[IJ]|^--replace/.test(word));
  const whole = given.slice(0, from).some((word) => /^-\w*0|^--null/.test(word));
  const known = stdin !== undefined && !stdin.includes(UNKNOWN);
  const fed = known ? (whole ? [stdin] : list(stdin).slice(0, 200)) : [UNKNOWN];
  if (at === -1) return state.run([...command, ...fed], stdin);
  const mark = given[at].replace(/^-[IJ]|^--replace=?/, '') || given[at + 1] || '{}';
  const lines = fed[0] === UNKNOWN ? fed : (stdin ?? '').split('\n').filter(Boolean).slice(0, 50);
  for (const line of lines)
    state.run(
      command.map((word) => word.replaceAll(mark, () => line)),
      undefined,
    );
  return UNKNOWN;
}

function parallel(state, given, stdin) {
  const from = afterFlags(
    given,
    set('-j -S -a -n -N -L -d -I --jobs --delay --retries --timeout --joblog --results --tmpdir'),
  );
  const [command, ...more] = given
    .slice(from)
    .join('\n')
    .split(/\n:::\+?\n|^:::\n/);
  const script = command.replaceAll('\n', ' ');
  const fed = more.length > 0 ? more.join('\n').split('\n') : (stdin ?? UNKNOWN).split('\n').filter(Boolean);
  for (const one of fed.slice(0, 50))
    state.script(script.includes('{') ? script.replace(/\{[^}]*\}/g, () => one) : `${script} ${one}`, undefined);
  return UNKNOWN;
}

function remote(state, given, stdin) {
  const from = afterFlags(given, set('-p -i -l -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w -B'));
  const command = given.slice(from + 1);
  const flags = afterFlags(command, new Set());
  return command.length > 0
    ? state.script(command.slice(command[0]?.startsWith('-') ? flags : 0).join(' '), stdin)
    : state.script(stdin ?? '', undefined);
}

function findFiles(state, given, stdin) {
  for (let index = 0; index < given.length; index += 1) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(given[index])) continue;
    const end = given.findIndex((word, at) => at > index && (word === ';' || word === '+'));
    const command = given.slice(index + 1, end === -1 ? undefined : end);
    state.run(
      command.map((word) => word.replaceAll('{}', UNKNOWN)),
      stdin,
    );
  }
  return UNKNOWN;
}

function environment(state, given, stdin) {
  const from = afterFlags(given, set('-u --unset -C --chdir -S --split-string'));
  const split = given.findIndex((word, index) => index < from && /^(?:-\w*S|--split-string)/.test(word));
  if (split !== -1) {
    const attached = given[split].replace(/^(?:-\w*S|--split-string=?)/, '');
    const rest = attached === '' ? given.slice(split + 1) : [attached, ...given.slice(split + 1)];
    return state.script([rest[0] ?? '', ...rest.slice(1).map(quote)].join(' '), stdin);
  }
  const rest = given.slice(from);
  if (rest.every((word) => /^\w+=/.test(word))) return ENVIRONMENT;
  return state.wrapped({ values: new Set() }, rest, stdin);
}

function interpreter(state, given, stdin, name) {
  const inline = /awk$/.test(name)
    ? given.some((word) => /system|\||getline/.test(word))
    : given.some((word) => /^(?:-{1,2}[a-zA-Z]*(?:c|e|E|r|p|eval|print)|eval)$|^-e./.test(word));
  const reads = stdin !== undefined && given.every((word) => word.startsWith('-'));
  const text = inline
    ? given.join('\n')
    : reads && /system|popen|exec|spawn|subprocess|shell|`/i.test(stdin)
      ? stdin
      : '';
  mentioned(state, text);
  return UNKNOWN;
}

const printed = {
  echo: (given) => {
    const flags = afterFlags(
      given.map((word) => (/^-[neE]+$/.test(word) ? word : 'x')),
      undefined,
    );
    const text = given.slice(flags).join(' ');
    return `${given.slice(0, flags).join('').includes('e') ? unescaped(text) : text}\n`;
  },
  printf: ([format = '', ...given]) => {
    if (format === '--' || format === '-v') return printed.printf(given.slice(format === '-v' ? 1 : 0));
    const pieces = unescaped(format).split(/%[-+ #0-9.]*([sbdqiuxc%])/);
    const slots = pieces.filter((piece, index) => index % 2 === 1 && piece !== '%').length;
    let output = '';
    let used = 0;
    do {
      for (const [index, piece] of pieces.entries()) {
        if (index % 2 === 0) output += piece;
        else if (piece === '%') output += piece;
        else {
          const word = given[used++] ?? '';
          output += piece === 'b' ? unescaped(word) : word;
        }
      }
    } while (used < given.length && slots > 0 && output.length < 100_000);
    return output;
  },
};

const builtins = {
  echo: (_state, given) => printed.echo(given),
  print: (_state, given) => printed.echo(given),
  printf: (state, given) => {
    const output = printed.printf(given);
    if (given[0] === '-v') state.assign(given[1] ?? '', output);
    return given[0] === '-v' ? '' : output;
  },
  cat: (state, given, stdin) => {
    const files = given.filter((word) => !/^-./.test(word));
    if (files.length === 0) return stdin ?? '';
    return files.map((file) => (file === '-' ? (stdin ?? '') : (state.file(file) ?? UNKNOWN))).join('');
  },
  tee: (state, given, stdin) => {
    for (const file of given) if (!file.startsWith('-')) state.write(file, stdin ?? '', false);
    return stdin ?? '';
  },
  eval: (state, given, stdin) => state.script(given.join(' '), stdin),
  source: (state, given, stdin) =>
    state.script(given[0] === '/dev/stdin' ? (stdin ?? '') : (state.file(given[0]) ?? ''), stdin, given.slice(1)),
  trap: (state, given) => state.script(given.find((word) => !word.startsWith('-')) ?? '', undefined),
  alias: (state, given) => {
    for (const word of given) {
      const [name, ...value] = word.split('=');
      if (value.length > 0) state.aliases.set(name, value.join('='));
    }
    return '';
  },
  read: (state, given, stdin) => {
    const names = given.slice(afterFlags(given, set('-p -t -n -N -d -u -i')));
    for (const line of (stdin ?? UNKNOWN).split('\n').filter(Boolean).slice(0, 12)) {
      const fields = line.split(/\s+/);
      for (const [index, name] of names.entries()) {
        const value = (index === names.length - 1 ? fields.slice(index).join(' ') : fields[index]) ?? '';
        state.variables.set(name, [...(state.variables.get(name) ?? []), value].slice(-12));
      }
    }
    return '';
  },
  set: (state, given) => {
    const at = given.indexOf('--');
    if (at !== -1) state.arguments = given.slice(at + 1);
    return given.length === 0 ? ENVIRONMENT : '';
  },
  shift: (state) => {
    state.arguments = state.arguments?.slice(1);
    return '';
  },
  export: (_state, given) => (given.every((word) => word === '-p') ? ENVIRONMENT : ''),
  declare: (_state, given) => (given.every((word) => /^-[px]+$/.test(word)) ? ENVIRONMENT : ''),
  printenv: (state, given) => {
    if (given.some((name) => secretVariable.test(name)))
      state.find({ program: 'printenv', kind: 'secret', what: 'a credential of the environment' });
    return given.length === 0 ? ENVIRONMENT : UNKNOWN;
  },
  command: (state, given, stdin) => {
    if (/^-\w*[vV]/.test(given[0] ?? '')) return `${given[1] ?? ''}\n`;
    return state.run(given.slice(afterFlags(given, undefined)), stdin);
  },
  which: (_state, given) => `${given.at(-1) ?? ''}\n`,
  type: (_state, given) => `${given.at(-1) ?? ''}\n`,
  env: environment,
  xargs,
  parallel,
  find: findFiles,
  fd: findFiles,
  ssh: remote,
  at: (state, _given, stdin) => state.script(stdin ?? '', undefined),
  batch: (state, _given, stdin) => state.script(stdin ?? '', undefined),
  su: behindFlag('-c', '--command', '--session-command'),
  runuser: (state, given, stdin) => {
    behindFlag('-c', '--command')(state, given, stdin);
    return state.wrapped({ values: set('-u -g -G -s -c') }, given, stdin);
  },
  script: behindFlag('-c', '--command'),
  flock: (state, given, stdin) => {
    behindFlag('-c', '--command')(state, given, stdin);
    return state.wrapped({ values: set('-w -E --timeout'), skip: 1 }, given, stdin);
  },
  'nix-shell': behindFlag('--run', '--command'),
  nix: (state, given, stdin) =>
    state.run(given.slice(given.findIndex((word) => ['-c', '--command'].includes(word)) + 1 || given.length), stdin),
  tmux: eachAsScript,
  screen: eachAsScript,
};
builtins['.'] = builtins.source;
for (const name of ['local', 'typeset', 'readonly']) builtins[name] = builtins.declare;
for (const name of list('sh bash zsh dash ksh mksh ash fish')) builtins[name] = shell;
for (const name of list('docker podman nerdctl docker-compose')) builtins[name] = container;
for (const name of list(
  'python python2 python3 pypy3 node nodejs deno bun perl ruby php lua osascript awk gawk mawk',
)) {
  builtins[name] = interpreter;
}

// ---------------------------------------------------------------- programs and their verbs

/** Verbs of one or two words; a flag in brackets is no part of the verb: see `judge`. */
const program = (
  values,
  { read = '', mutation = '', reach = '', secret = '', targets = false, goFlags = false, dryRun = false },
) => {
  const verbs = new Map();
  for (const [kind, names] of Object.entries({ read, mutation, reach, secret })) {
    for (const name of list(names)) verbs.set(name.replace('/', ' '), kind);
  }
  const grouped = new Set([...verbs.keys()].filter((name) => name.includes(' ')).map((name) => name.split(' ')[0]));
  return { values: set(values), verbs, grouped, targets, goFlags, dryRun };
};

const kubeFlags = `-n --namespace --context --kubeconfig --cluster --user --token --server -s --as --as-group --as-uid --cache-dir
  --certificate-authority --client-certificate --client-key --request-timeout --tls-server-name --password --username --profile -v --v
  --vmodule -f --filename -k --kustomize -l --selector --field-manager --field-selector --grace-period --timeout -o --output --template
  -p --patch --patch-file --type --subresource --image --env --port --labels --annotations --overrides --override-type --replicas
  --current-replicas --resource-version --from-literal --from-file --from-env-file --prune-allowlist --min --max --cpu-percent --name
  --target-port --protocol --external-ip --cluster-ip --limits --requests --containers -c --container --to-revision --revision --sort-by
  -L --label-columns --raw --chunk-size --since --since-time --tail --verb --for --api-group --tail --prefix`;
const terraformVerbs = {
  read: `init plan validate fmt graph providers version get show output state/list state/show workspace/list workspace/show
    workspace/select metadata modules providers/lock providers/mirror providers/schema providers/list`,
  mutation: `apply destroy import taint untaint refresh force-unlock test state/mv state/rm state/push state/replace-provider
    workspace/new workspace/delete workspace/* state/*`,
  secret: 'console login state/pull',
};
const vaultRules = {
  read: `status version list path-help server monitor kv/list policy/list policy/read policy/fmt auth/list auth/help
    secrets/list audit/list plugin/list plugin/info namespace/list namespace/lookup operator/members operator/key-status operator/usage
    operator/raft token/capabilities lease/lookup pki/health-check pki/list-intermediates pki/verify-sign kv/metadata`,
  mutation: `write delete patch kv/put kv/patch kv/delete kv/destroy kv/undelete kv/rollback kv/enable-versioning secrets/* auth/* policy/*
    audit/* plugin/* namespace/* operator/* lease/* pki/* transit/* token/revoke token/renew agent proxy debug`,
  secret: 'read kv/get kv/* unwrap login print/token print/* token/create token/lookup token/* operator/generate-root',
  reach: 'ssh',
  goFlags: true,
};
const programs = {
  kubectl: program(kubeFlags, {
    read: `get describe logs top diff explain api-resources api-versions version cluster-info wait events completion kustomize help options
      plugin convert auth/can-i auth/whoami config rollout/status rollout/history apply/view-last-applied krew neat tree ns ctx who-can stern
      whoami project projects status`,
    mutation: `apply create delete edit patch replace scale autoscale annotate label set rollout/* expose cordon uncordon drain taint
      certificate auth/reconcile auth/* adm new-app new-project start-build import-image policy process tag secrets`,
    reach: 'exec attach cp debug port-forward proxy run rsh rsync',
    secret: 'create/token login extract',
    targets: true,
    dryRun: true,
  }),
  helm: program(
    `-n --namespace --kube-context --kubeconfig --kube-token --kube-apiserver --kube-as-user --kube-as-group --kube-ca-file --burst-limit
     --qps --registry-config --repository-cache --repository-config --set --set-string --set-file --set-json --set-literal -f --values
     --version --repo --timeout --description --post-renderer --post-renderer-args --history-max --username --password --ca-file
     --cert-file --key-file --keyring -o --output --revision -l --labels`,
    {
      read: `list ls status history hist search show inspect template lint version env repo dependency dep pull fetch package completion
        plugin help verify create registry push get/notes get/hooks get/metadata diff dashboard`,
      mutation: 'install upgrade uninstall delete del un rollback test',
      secret: 'get/values get/manifest get/all get/* secrets/decrypt secrets/dec secrets/view secrets/edit',
      targets: true,
      dryRun: true,
    },
  ),
  helmfile: program(
    `-f --file -e --environment -l --selector -n --namespace --kube-context -b --helm-binary --log-level --state-values-set
     --state-values-file --args -c --chart --set --values --concurrency`,
    {
      read: 'diff template list lint status fetch deps repos build write-values show-dag cache version init help completion',
      mutation: 'apply sync destroy delete charts test',
    },
  ),
  terraform: program('-var -var-file -target -out -state -backend-config -lock-timeout -parallelism -replace', {
    ...terraformVerbs,
    goFlags: true,
  }),
  terragrunt: program(
    `--terragrunt-working-dir --working-dir --terragrunt-config --config --terragrunt-source --source --queue-include-dir
     --queue-exclude-dir --terragrunt-include-dir --terragrunt-exclude-dir --parallelism --terragrunt-parallelism --log-level
     --terragrunt-log-level --iam-assume-role --download-dir --terragrunt-download-dir --tf-path --terragrunt-tfpath --graph-root --filter
     --log-format -var -var-file -target -out`,
    {
      ...terraformVerbs,
      read: `${terraformVerbs.read} hclfmt hclvalidate hcl render-json render graph-dependencies dag validate-inputs list find info
        terragrunt-info scaffold catalog help plan-all validate-all output-module-groups stack/generate stack/clean stack/output`,
      mutation: `${terraformVerbs.mutation} apply-all destroy-all backend aws-provider-patch`,
      secret: `${terraformVerbs.secret} output-all`,
      goFlags: true,
    },
  ),
  vault: program(
    `-address -namespace -ns -ca-cert -ca-path -client-cert -client-key -tls-server-name -mount -field -format -wrap-ttl -header -mfa
     -version -policy -method -path`,
    vaultRules,
  ),
  flux: program(
    '-n --namespace --context --kubeconfig --timeout --cluster --as --as-group --token --server --source --path --kind',
    {
      read: 'get logs events check tree trace stats diff build export version completion list envsubst pull help',
      mutation: 'reconcile suspend resume create delete install uninstall bootstrap migrate push tag',
      secret: 'debug',
      targets: true,
    },
  ),
  argocd: program(
    '--server --auth-token --config --grpc-web-root-path --kube-context -N --app-namespace --revision --project -o --output -l',
    {
      read: `version context completion help app/get app/list app/diff app/history app/manifests app/logs app/resources app/wait proj/get
      proj/list cluster/get cluster/list repo/get repo/list repocreds/list account/get account/list account/can-i account/get-user-info
      appset/get appset/list cert/list gpg/list gpg/get logout`,
      mutation: 'app/* proj/* cluster/* repo/* repocreds/* account/* appset/* cert/* gpg/* admin',
      secret: 'login relogin account/generate-token account/bcrypt',
      targets: true,
    },
  ),
  sops: program('--age -a --pgp -p --kms -k --input-type --output-type --output --extract --config --set', {
    read: 'encrypt updatekeys filestatus groups keyservice publish set unset rotate help completion',
    secret: 'decrypt exec-env exec-file edit',
  }),
  psql: program(
    `-h --host -p --port -U --username -d --dbname -c --command -f --file -v --set --variable -o --output -F -P --pset -R -T -L
    --log-file --field-separator`,
    {},
  ),
};
const sameAs = {
  oc: 'kubectl',
  kubecolor: 'kubectl',
  tofu: 'terraform',
  opentofu: 'terraform',
  bao: 'vault',
  helm3: 'helm',
};
/** Aliases people have in their shell; what they mean is not certain. */
const shorthand = { k: 'kubectl', kc: 'kubectl', tf: 'terraform', tg: 'terragrunt' };
const carriers = set('k3s k0s rke2 microk8s minikube');

const guardedNames = [...Object.keys(programs), ...Object.keys(sameAs)];
const namesGuarded = new RegExp(`(?<![\\w-])(?:${guardedNames.join('|')})(?![\\w-])`);

function isGuarded(name) {
  return name !== undefined && (Object.hasOwn(programs, name) || Object.hasOwn(sameAs, name));
}

/** The plain name of a program; undefined where it cannot be known. */
function programName(word) {
  const name = word
    .slice(word.lastIndexOf('/') + 1)
    .replace(/^=/, '')
    .replace(/\.exe$/i, '');
  if (name.includes(UNKNOWN)) return undefined;
  if (!globbed.test(name)) return name;
  const pattern = globPattern(name);
  return /[\w]{2}/.test(name) ? guardedNames.find((one) => pattern?.test(one)) : undefined;
}

/** The calls of guarded programs that a command is: `[program, arguments]`. */
function guardedCalls(name, given) {
  if (isGuarded(name)) return [[name, given]];
  if (name.startsWith('kubectl-')) return [['kubectl', [name.slice('kubectl-'.length).replaceAll('_', '-'), ...given]]];
  const carried = /^microk8s\.(kubectl|helm3?)$/.exec(name)?.[1];
  if (carried !== undefined) return [[carried, given]];
  if (carriers.has(name)) {
    const from = afterFlags(given, set('-p --profile'));
    const rest = given.slice(from + 1);
    if (isGuarded(given[from])) return [[given[from], rest[0] === '--' ? rest.slice(1) : rest]];
  }
  const short = Object.hasOwn(shorthand, name) ? shorthand[name] : undefined;
  return short !== undefined && judge(short, given)?.kind !== 'unknown' ? [[short, given]] : [];
}

/** Flags and other words; what a flag swallows is its value and nothing else. */
function readArguments(given, { values, goFlags }) {
  const flags = new Map();
  const operands = [];
  const add = (name, value) => flags.set(name.replace(/^-+/, ''), value);
  let index = 0;
  for (; index < given.length && given[index] !== '--'; index += 1) {
    const word = given[index];
    const equals = word.indexOf('=');
    if (!word.startsWith('-') || word === '-') operands.push({ word, index });
    else if (equals > 0 && (word.startsWith('--') || goFlags)) add(word.slice(0, equals), word.slice(equals + 1));
    else if (word.startsWith('--') || goFlags) {
      const known = values.has(word) || (goFlags && values.has(word.replace(/^--/, '-')));
      add(word, known ? given[++index] : '');
    } else {
      for (let at = 1; at < word.length; at += 1) {
        if (!values.has(`-${word[at]}`)) add(word[at], '');
        else {
          add(word[at], word.slice(at + 1).replace(/^=/, '') || given[++index]);
          break;
        }
      }
    }
  }
  for (index += 1; index < given.length; index += 1) operands.push({ word: given[index], index });
  return { flags, operands: operands.map(({ word }) => word), places: operands.map((one) => one.index) };
}

/** What is wrong with a call of a guarded program, if anything: its kind, its verb, and the words it is about. */
function judge(name, given, stdin) {
  const program = sameAs[name] ?? name;
  const rules = programs[program];
  const read = readArguments(program === 'terragrunt' ? plainTerragrunt(given) : given, rules);
  const { flags, operands, places } = read;
  if (program === 'psql') return judgePsql(read, stdin);
  const decrypts = program === 'sops' && (flags.has('d') || flags.has('decrypt'));
  if (decrypts) return { kind: 'secret', verb: '--decrypt' };
  if (operands.length === 0 || asksHelp(read, given)) return undefined;
  const [first, second, third] = operands;
  if (program === 'sops' && !rules.verbs.has(first)) return sopsOfFile(flags);
  if (program === 'terragrunt' && (first === 'exec' || (first === 'run' && second === undefined)))
    return judgeExec(given);
  if (program === 'helm' && first === 'secrets' && !rules.verbs.has(`secrets ${second}`))
    return judge('helm', operands.slice(1).concat(given.filter((word) => word.startsWith('--'))));
  const grouped = rules.grouped.has(first);
  if (grouped && second?.includes(UNKNOWN) && !rules.verbs.has(first)) return { kind: 'unknown', verb: first };
  const both = `${first} ${second}`;
  const exact = rules.verbs.get(both);
  const kind =
    exact ?? (grouped && second !== undefined ? rules.verbs.get(`${first} *`) : undefined) ?? rules.verbs.get(first);
  if (kind === undefined) return grouped && second === undefined ? undefined : { kind: 'unknown' };
  const verb = exact !== undefined || rules.verbs.has(`${first} *`) ? both : first;
  const finding = { kind, verb, targets: rules.targets ? adjacent(operands, places, verb.split(' ').length) : [] };
  const refined = refine(program, { ...finding, first, second, third, operands, flags });
  return refined === undefined || refined === 'read' ? undefined : { ...finding, kind: refined };
}

/** Words directly behind the verb: what a flag unknown to the guard swallows is never quoted. */
function adjacent(operands, places, from) {
  const found = [];
  for (let index = from; index < operands.length && index < from + 2; index += 1) {
    if (places[index] !== places[index - 1] + 1) break;
    found.push(operands[index]);
  }
  return found;
}

function asksHelp({ flags }, given) {
  if (!flags.has('help') && !flags.has('h')) return given[0] === 'help';
  const at = given.findIndex((word) => /^(?:-h|--?help)$/.test(word));
  // Behind a flag it may be that flag's value.
  return at === 0 || (at > 0 && !given[at - 1].startsWith('-') && !given.slice(0, at).includes('--'));
}

function refine(program, { kind, first, second, third, operands, flags }) {
  const output = flags.get('o') ?? flags.get('output');
  if (rulesDry(program, first) && (kind === 'mutation' || first === 'run') && isDry(flags)) return 'read';
  if (program === 'kubectl') {
    if (first === 'get' && flags.has('raw')) return /secrets|%/i.test(flags.get('raw') ?? '') ? 'secret' : 'read';
    if (first === 'get' && operands.slice(1).some(isSecretKind)) {
      const prints = output !== undefined && !['name', 'wide', ''].includes(output);
      const loud = Number(flags.get('v') ?? 0) >= 8;
      return prints || loud || flags.has('template') ? 'secret' : 'read';
    }
    if (first === 'config')
      return second === 'view' && flags.has('raw') && flags.get('raw') !== 'false' ? 'secret' : 'read';
    if (first === 'whoami') return flags.has('t') || flags.has('show-token') ? 'secret' : 'read';
    if (first === 'set' && flags.get('local') === '') return 'read';
  }
  if (program === 'terraform' || program === 'terragrunt') {
    if (first === 'output') return flags.has('json') || flags.has('raw') || operands.length > 1 ? 'secret' : 'read';
    if (first === 'show') return flags.has('json') ? 'secret' : 'read';
  }
  if (program === 'vault') {
    if (first === 'kv' && second === 'metadata') return third === undefined || third === 'get' ? 'read' : 'mutation';
    if (
      first === 'read' &&
      /^\/?sys\/(?:health|seal-status|mounts|auth|polic|leader|ha-status|license)/.test(second ?? '')
    )
      return 'read';
    if (first === 'operator' && second === 'raft')
      return ['list-peers', 'autopilot'].includes(third) ? 'read' : third === 'snapshot' ? 'secret' : 'mutation';
    if (first === 'token' && second === 'revoke') return 'mutation';
  }
  if (program === 'flux') {
    if (['create', 'install'].includes(first) && (flags.has('export') || flags.has('dry-run'))) return 'read';
  }
  if (program === 'argocd' && first === 'app') {
    if (second === 'actions' && third === 'list') return 'read';
    if (second === 'sync' && flags.has('dry-run')) return 'read';
  }
  if (program === 'helm' && first === 'diff' && flags.has('show-secrets')) return 'secret';
  if (program === 'helm' && first === 'get' && second === undefined) return 'read';
  return kind;
}

/** Of the words behind `get`: a list of kinds comes first, `kind/name` may come anywhere. */
function isSecretKind(word, index) {
  return (index === 0 || word.includes('/')) && /(?:^|,)secrets?(?:\.v1)?\.?(?:$|[,/])/i.test(word);
}

function rulesDry(program, first) {
  return programs[program].dryRun && first !== 'edit';
}

function isDry(flags) {
  return flags.has('dry-run') && ['', 'client', 'server', 'true'].includes(flags.get('dry-run'));
}

/** `run --all -- apply` and `run-all apply` are `apply` in many places. */
function plainTerragrunt(given) {
  const at = given.findIndex((word) => !word.startsWith('-'));
  const behind =
    given[at] === 'stack' && given[at + 1] === 'run'
      ? at + 2
      : ['run', 'run-all', 'graph', 'all'].includes(given[at])
        ? at + 1
        : -1;
  if (behind === -1) return given;
  return [...given.slice(0, at), ...given.slice(behind)].filter((word) => word !== '--');
}

function judgeExec(given) {
  const rest = given.slice(given.indexOf('--') + 1 || given.indexOf('exec') + 1);
  const name = programName(rest[0] ?? '') ?? '';
  return isGuarded(name) ? judge(name, rest.slice(1)) : undefined;
}

/** `sops file` opens the file in an editor, in clear. */
function sopsOfFile(flags) {
  const harmless = ['e', 'encrypt', 'r', 'rotate', 's', 'version', 'v'].some((flag) => flags.has(flag));
  return harmless ? undefined : { kind: 'secret', verb: 'edit' };
}

// ---------------------------------------------------------------- SQL

const sqlReads =
  set(`select show explain with values table begin start commit end rollback abort set reset fetch declare close listen
  prepare savepoint release execute deallocate`);
const sqlWrites =
  /\b(?:insert\s+into|update\s+(?:only\s+)?[\w".]+\s+(?:as\s+\w+\s+)?set|delete\s+from|merge\s+into|truncate|create\s+\w|alter\s+\w|drop\s+\w|grant\s|revoke\s|into\s+(?:temp|unlogged|table)?\s*[\w".]+\s+from|pg_(?:terminate_backend|cancel_backend|reload_conf|read_(?:binary_)?file|promote|switch_wal|drop_\w+|create_\w+)|setval|nextval|dblink\w*|lo_(?:import|export|unlink|create|put))\b/;
const safeMeta =
  /^\\(?:d\S*|l\+?|z|dt\S*|x|timing|pset|conninfo|echo|q|s[fv]\+?|encoding|\?|h|a|t|c|connect|set|unset|g|gx|gdesc|crosstabview|errverbose|copyright)(?:\s|$)/;

/** The kind of finding in a text for psql; undefined when it only reads. */
function judgeSql(text) {
  const plain = text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--[^\n]*/g, ' ')
    .replace(/(\$\w*\$)[\s\S]*?\1/g, "''")
    .replace(/'(?:[^']|'')*'/g, "''")
    .toLowerCase();
  if (/\bpg_(?:authid|shadow|user_mapping)\b/.test(plain)) return 'secret';
  for (const statement of plain.split(/;|\n(?=\s*\\)|(?<=^\s*\\[^\n]*)\n/)) {
    const trimmed = statement.trim();
    if (trimmed === '') continue;
    if (trimmed.startsWith('\\')) {
      const copiesOut =
        /^\\copy\b/.test(trimmed) &&
        /\bto\b/.test(trimmed) &&
        !/\b(?:program|from\s+(?:stdin|pstdin|''))/.test(trimmed);
      if ((safeMeta.test(trimmed) && !/^\\g\w*\s*\|/.test(trimmed)) || copiesOut) continue;
      return 'mutation';
    }
    const first = /^\(*\s*([a-z]+)/.exec(trimmed)?.[1];
    if (first === undefined) return trimmed.startsWith(UNKNOWN) ? 'unknown' : 'mutation';
    if (first === 'copy' && /\bto\s+stdout\b/.test(trimmed)) continue;
    if (!sqlReads.has(first) || sqlWrites.test(trimmed) || /\\(?:gexec|gset|g\s*\||!|i|o|w)(?:\s|$)/.test(trimmed))
      return 'mutation';
  }
  return undefined;
}

function judgePsql({ flags }, stdin) {
  const finding = (kind) => (kind === undefined ? undefined : { kind, verb: undefined, targets: [] });
  const file = flags.get('f') ?? flags.get('file');
  const inline = flags.get('c') ?? flags.get('command');
  if (file !== undefined && file !== '-' && file !== '/dev/stdin') return finding('unknown');
  if (inline !== undefined) return finding(judgeSql(inline));
  if (flags.has('l') || flags.has('list') || flags.has('help') || flags.has('version') || flags.has('V'))
    return undefined;
  if (stdin === undefined) return undefined;
  return finding(stdin.trimStart().startsWith(UNKNOWN) ? 'unknown' : judgeSql(stdin));
}

// ---------------------------------------------------------------- programs in programs of other languages

/** A guarded program beside a verb, in the text of another language: what it does with them cannot be known. */
function mentioned(state, text) {
  if (/\.vault-token\b|\.kube\/config\b|\.tfstate\b/.test(text) && /open|read|cat/i.test(text)) {
    state.find({ program: 'a program', kind: 'secret', what: 'a file that holds credentials' });
  }
  let left = 60;
  for (const found of text.matchAll(new RegExp(namesGuarded, 'g'))) {
    left -= 1;
    if (left < 0) return;
    const rest = text.slice(found.index + found[0].length).slice(0, 300);
    const given = rest
      .split(/[\n;|&]/)[0]
      .split(/[\s'"`,()[\]{}+\\]+/)
      .filter(Boolean)
      .slice(0, 14);
    const name = found[0];
    const writes = name === 'psql' && /\b(?:insert|update|delete|drop|alter|create|truncate|grant)\b/i.test(rest);
    const finding =
      name === 'psql'
        ? writes
          ? { kind: 'mutation', targets: [] }
          : undefined
        : given.length > 0
          ? judge(name, given)
          : undefined;
    if (finding !== undefined && finding.kind !== 'unknown') state.find({ program: name, ...finding, targets: [] });
  }
}

// ---------------------------------------------------------------- the words of a denial

const routes = {
  change:
    'Edit the source instead: give the diff to change_propose; terragrunt_plan shows what it would do. A human signs the plan before anything is applied.',
  terraform:
    'terragrunt_plan shows what an edit would do, change_propose proposes it; it is applied after a human signed that plan. State is repaired by a human.',
  database:
    'Schema and data are changed by a migration in the source (change_propose), or by a human. SELECT, SHOW, EXPLAIN and \\d pass, written out with -c.',
  reach:
    'Look from outside: kubectl_logs, kubectl_describe, kubectl_events, cluster_health. What needs a shell or a port in the cluster is for a human.',
  secret:
    'No value of a secret is shown: vault_describe and vault_search tell name and age, vault_compare whether two are one, secret_request asks a human. kubectl_describe and stack_show tell the rest.',
  vault:
    'vault_describe tells what is there; secret_request asks a human to write, rotate or issue it. Policies and mounts are source: change_propose.',
  unknown:
    'Write the command out, without variables or substitutions in the place of its verb; what only reads then passes.',
};
const because = {
  mutation: 'changes the homelab past the human gate',
  reach: 'reaches into the cluster',
  secret: 'shows secrets',
  unknown: 'may be a change: what it does cannot be known from the text',
};

function routeOf({ kind, program }) {
  const plain = sameAs[program] ?? program;
  if (kind === 'secret') return routes.secret;
  if (kind === 'reach') return routes.reach;
  if (plain === 'psql') return routes.database;
  if (kind === 'unknown') return routes.unknown;
  if (plain === 'vault') return routes.vault;
  return plain === 'terraform' || plain === 'terragrunt' ? routes.terraform : routes.change;
}

/** Only words that cannot be a secret's value, or words with another meaning to who reads them. */
function plainWords(words) {
  return words.filter((word) => word !== undefined && /^[A-Za-z0-9._/: -]{1,60}$/.test(word)).join(' ');
}

function reasonFor(findings, commands) {
  const [first] = findings;
  const name = plainWords([first.program, first.verb, ...(first.targets ?? [])]);
  const place = commands > 1 ? ` (command ${first.place} of ${commands})` : '';
  const shown = first.what === undefined ? because[first.kind] : `reads ${first.what}`;
  const more = findings.length > 1 ? ` ${findings.length - 1} more of the line would be denied too.` : '';
  return `Castellan denies \`${name}\`${place}: it ${shown}.${more} ${routeOf(first)} Nothing of the line was run.`;
}

// ---------------------------------------------------------------- the daemon: which edit of the source would it be

const editing = {
  kubectl: set('scale set patch edit annotate label autoscale delete'),
  helm: set('upgrade rollback uninstall'),
};

/** True where the denied command may be one edit of the source. */
function mayBeEdit({ kind, program, argv, verb }) {
  if (kind !== 'mutation' || argv === undefined || argv.some((word) => word.includes(UNKNOWN))) return false;
  const first = verb?.split(' ')[0];
  if (program === 'kubectl' && (verb === 'rollout restart' || first === 'apply'))
    return first !== 'apply' || readArguments(argv.slice(1), programs.kubectl).flags.get('f') === '-';
  return Object.hasOwn(editing, program) && editing[program].has(first);
}

/** As src/config/locate.ts. */
export function dataDirectory(environment, cwd) {
  const filled = (value) => (value === undefined || value === '' ? undefined : value);
  const state = environment.XDG_STATE_HOME;
  const base =
    state !== undefined && isAbsolute(state) ? state : join(filled(environment.HOME) ?? homedir(), '.local', 'state');
  return resolve(cwd, filled(environment.CASTELLAN_HOME) ?? join(base, 'castellan'));
}

const patience = { answerMs: 2_500, answerBytes: 65_536, saysBytes: 1_200, lines: 6 };

/** What the daemon says of it; nothing when there is none, it does not know, or does not answer in time. */
export async function askDaemon(home, { argv, stdin }) {
  const { createConnection } = await import('node:net');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  // No schema is expected: the guard touches no database.
  const hello = { castellan: 1, build: { version, stamp: '' }, schema: 0, config: null, purpose: 'operator' };
  const known = stdin !== undefined && !stdin.includes(UNKNOWN) && argv.includes('-');
  const request = { command: 'iac.prepare', input: known ? { argv, stdin } : { argv } };
  return new Promise((done) => {
    let held = '';
    let bytes = 0;
    const socket = createConnection(join(home, 'agent.sock'));
    const finish = (says) => {
      clearTimeout(late);
      socket.destroy();
      done(says);
    };
    const late = setTimeout(() => finish([]), patience.answerMs);
    socket.setEncoding('utf8');
    socket.on('error', () => finish([]));
    socket.on('close', () => finish([]));
    socket.on('connect', () => socket.write(`${JSON.stringify(hello)}\n${JSON.stringify(request)}\n`));
    socket.on('data', (chunk) => {
      held += chunk;
      bytes += Buffer.byteLength(chunk);
      const lines = held.split('\n');
      held = lines.pop() ?? '';
      if (bytes > patience.answerBytes) finish([]);
      for (const line of lines) {
        const told = objectOf(line);
        if (told?.answer !== undefined) finish(plainLines(told.answer.says));
        else if (told === undefined || told.error !== undefined || told.refused !== undefined) finish([]);
      }
    });
  });
}

function objectOf(line) {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Not JSON: the daemon is not one this guard knows.
    return undefined;
  }
}

/** The daemon's lines without what a terminal or a reader could take for something else, and no more than its share. */
export function plainLines(says) {
  if (!Array.isArray(says)) return [];
  const lines = says
    .filter((line) => typeof line === 'string')
    .slice(0, patience.lines)
    .map((line) =>
      line
        .slice(0, patience.saysBytes)
        .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
        .trim(),
    );
  const kept = [];
  let left = patience.saysBytes;
  for (const line of lines) {
    const cut = Buffer.from(line)
      .subarray(0, Math.max(0, left))
      .toString()
      .replace(/\ufffd+$/u, '');
    left -= Buffer.byteLength(cut) + 1;
    if (cut !== '') kept.push(cut);
  }
  return kept;
}

// ---------------------------------------------------------------- the hook

/** Findings of a command, in order; throws where it cannot be read. */
export function examine(command) {
  if (command.length > limits.command) throw new RangeError('the command is too long');
  const state = new Shell();
  const text = command.replaceAll(UNKNOWN, '').replaceAll(SECRET, '').replaceAll(ENVIRONMENT, '');
  state.script(text, undefined);
  state.finish();
  return { findings: state.findings, commands: state.commands };
}

/** The end of the hook for what came on stdin: an exit code, and the finding to ask the daemon about. */
export function decide(input) {
  let raw = input;
  try {
    const payload = JSON.parse(input);
    if (payload?.tool_name !== undefined && payload.tool_name !== 'Bash') return { exit: 0 };
    raw = payload.tool_input.command;
    const { findings, commands } = examine(raw);
    if (findings.length === 0) return { exit: 0 };
    return { exit: 0, reason: reasonFor(findings, commands), ask: findings.find(mayBeEdit) };
  } catch {
    // Whatever it was, the client would run the command: it is stopped if it could be one of ours.
    const text = typeof raw === 'string' ? raw : input;
    if (!namesGuarded.test(text) && !namesGuarded.test(text.replace(/["'\\]/g, ''))) return { exit: 0 };
    return {
      exit: 2,
      words:
        'Castellan could not read this command, and it names a program that can change the homelab. Write it simpler, or use the tools of castellan: kubectl_get, terragrunt_plan, change_propose.',
    };
  }
}

function readInput() {
  const chunks = [];
  let length = 0;
  for (const chunk = Buffer.alloc(65_536); length <= limits.input; ) {
    const size = readSync(0, chunk);
    if (size === 0) break;
    length += size;
    chunks.push(Buffer.from(chunk.subarray(0, size)));
  }
  return Buffer.concat(chunks).toString();
}

async function main() {
  let decision = { exit: 2, words: 'Castellan could not read what the hook was given.' };
  try {
    decision = decide(readInput());
  } catch {
    // No input, no command: nothing is known to be ours.
    decision = { exit: 0 };
  }
  let { reason } = decision;
  if (decision.ask !== undefined) {
    // biome-ignore lint/style/noProcessEnv: the hook is a program of its own
    const says = await askDaemon(dataDirectory(process.env, process.cwd()), decision.ask).catch(() => []);
    reason = [reason, ...says].join('\n');
  }
  if (reason !== undefined) {
    const hookSpecificOutput = {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    };
    writeSync(1, `${JSON.stringify({ hookSpecificOutput })}\n`);
  }
  if (decision.words !== undefined) writeSync(2, `${decision.words}\n`);
  process.exitCode = decision.exit;
}

function isProgram() {
  try {
    return realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url);
  } catch {
    // Started in a way that has no file: not as the hook.
    return false;
  }
}

if (isProgram()) await main();
