import { closing } from './cursor.ts';
import { limits } from './limits.ts';
import { set } from './marks.ts';
import type { Redirection, SimpleCommand } from './syntax.ts';
import { WordReader } from './word-reader.ts';

const declaring = set('declare export local readonly typeset');

/** Reads one command with its assignments, words and redirections. */
export abstract class SimpleReader extends WordReader {
  private commands = 0;

  protected simple(): SimpleCommand {
    this.commands += 1;
    if (this.commands > limits.commands) throw new RangeError('too many commands');
    const node: SimpleCommand = { kind: 'simple', assignments: [], words: [], redirections: [] };
    for (;;) {
      this.skip(false);
      if (this.ended || this.sees(/[\n;|)]|&(?!>)/y)) return node;
      const redirection = this.redirection();
      if (redirection !== undefined) node.redirections.push(redirection);
      else if (!this.assignment(node)) node.words.push(this.someWord());
    }
  }

  private assignment({ words, assignments }: SimpleCommand): boolean {
    const first = words[0]?.[0];
    const declares = first?.kind === 'text' && declaring.has(first.text);
    const found = words.length === 0 || declares ? this.take(/([A-Za-z_]\w*)(?:\[[^\]\s]*\])?(\+?)=/y) : null;
    if (found === null) return false;
    const [, name = '', plus] = found;
    const adds = plus === '+';
    if (this.takes(/\(/y)) {
      assignments.push({ name, adds, array: true, words: this.wordsUntil(closing.paren, true) });
      this.need(closing.paren);
    } else assignments.push({ name, adds, array: false, word: this.word() });
    return true;
  }

  protected redirection(): Redirection | undefined {
    const found = this.take(/(\d*|\{\w+\})(<<<|<<-?|<>|<&|&>>?|>>|>\||>&|<(?!\()|>(?!\())/y);
    if (found === null) return undefined;
    const [, from = '', operator = ''] = found;
    this.skip(false);
    const begun = this.at;
    const redirection: Redirection = { from, operator, target: this.word() };
    if (operator === '<<' || operator === '<<-') {
      const written = this.text.slice(begun, this.at);
      const end = redirection.target.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
      redirection.target = [];
      this.hereDocuments.push({ redirection, end, literal: /["'\\]/.test(written), tabs: operator === '<<-' });
    }
    return redirection;
  }
}
