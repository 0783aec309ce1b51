import { braces } from './braces.ts';
import { globbed } from './globs.ts';
import { SECRET, UNKNOWN } from './marks.ts';
import { secretVariable } from './secrets.ts';
import { State, type Value } from './state.ts';
import type { ParameterPiece, Piece, Word } from './syntax.ts';

/** What words mean once variables, substitutions and braces are put in. */
export abstract class Expander extends State {
  protected fields(word: Word): readonly string[] {
    return braces(word, this.meter).flatMap((pieces) => this.split(pieces));
  }

  private split(pieces: Word): readonly string[] {
    const found: string[] = [];
    let word = '';
    let begun = false;
    for (const piece of pieces) {
      const quoted = 'quoted' in piece ? piece.quoted : piece.kind === 'sum';
      const parts = partsOf(piece, quoted, this.value(piece));
      for (const [index, part] of parts.entries()) {
        if (index > 0) {
          if (begun || word !== '' || quoted) found.push(word);
          word = '';
          begun = false;
        }
        word += part;
        begun ||= quoted;
      }
    }
    if (begun || word !== '') found.push(this.spend(word));
    return found;
  }

  protected text(pieces: Word): string {
    return this.spend(pieces.map((piece) => joined(this.value(piece))).join(''));
  }

  private value(piece: Piece): Value {
    switch (piece.kind) {
      case 'text':
        return piece.text;
      case 'command':
        return this.list(piece.body, undefined).replace(/\n+$/, '');
      case 'process': {
        const path = `/dev/fd/${63 + this.files.size + this.sinks.size}`;
        if (piece.into) this.sinks.set(path, piece.body);
        else this.files.set(path, this.list(piece.body, undefined));
        return path;
      }
      case 'sum':
        this.text(piece.pieces);
        return UNKNOWN;
      case 'parameter':
        return this.parameter(piece);
    }
  }

  private parameter({ name, index, operator, argument, length, indirect }: ParameterPiece): Value {
    const found = this.lookUp(name, index);
    if (length) return UNKNOWN;
    if (indirect) return typeof found === 'string' ? (this.lookUp(found) ?? UNKNOWN) : UNKNOWN;
    const mayDefault = /^:?[-=]$/.test(operator) && !secretVariable.test(name);
    if (mayDefault && (found === undefined || found === '')) {
      const value = this.text(argument);
      if (operator.endsWith('=')) this.assign(name, value);
      return value;
    }
    if (/^:?\+$/.test(operator)) return found === '' ? '' : this.text(argument);
    if (found === undefined) return unset(name);
    if (operator === '' || /^:?[-=?]$/.test(operator)) return found;
    return typeof found === 'string' ? this.altered(found, operator, this.text(argument)) : UNKNOWN;
  }

  /** `${name#pattern}` and its like where the pattern is plain; UNKNOWN otherwise. */
  private altered(value: string, operator: string, argument: string): string {
    this.spend(value);
    if (value.includes(SECRET)) return UNKNOWN + SECRET;
    if (operator[0] === ',') return value.toLowerCase();
    if (operator === '^') return value.slice(0, 1).toUpperCase() + value.slice(1);
    if (operator[0] === '^') return value.toUpperCase();
    if (globbed.test(argument) || argument.includes(UNKNOWN) || value.includes(UNKNOWN)) return UNKNOWN;
    if (operator[0] === '#') return value.startsWith(argument) ? value.slice(argument.length) : value;
    if (operator[0] === '%')
      return argument !== '' && value.endsWith(argument) ? value.slice(0, -argument.length) : value;
    if (operator === ':' && /^\s*\d+(?::\d+)?$/.test(argument)) {
      const [from, length] = argument.split(':').map(Number);
      return value.slice(from, length === undefined ? undefined : (from ?? 0) + length);
    }
    if (operator === '/' || operator === '//') {
      const [pattern = '', ...rest] = argument.split('/');
      if (pattern === '') return value;
      return operator === '//'
        ? this.fill(value, pattern, rest.join('/'))
        : value.replace(pattern, () => rest.join('/'));
    }
    return UNKNOWN;
  }
}

function joined(value: Value): string {
  return typeof value === 'string' ? value : value.join(' ');
}

/** What of a piece goes into words of its own. */
function partsOf(piece: Piece, quoted: boolean, value: Value): readonly string[] {
  if (piece.kind === 'text') return [piece.text];
  if (quoted) return typeof value === 'string' ? [value] : value;
  return joined(value).split(/[ \t\n]+/);
}

function unset(name: string): string {
  if (name === 'KUBECONFIG') return `${UNKNOWN}/.kube/config`;
  return secretVariable.test(name) ? UNKNOWN + SECRET : UNKNOWN;
}
