import { CompoundReader } from './compound-reader.ts';
import { closing } from './cursor.ts';
import type { Meter } from './limits.ts';
import type { Command, Pipelines, Word } from './syntax.ts';

/**
 * The commands of a shell script.
 * @throws SyntaxError for what no shell would take, or what is nested too deep
 * @throws RangeError for what is too much
 */
export function parse(text: string, meter: Meter): Pipelines {
  return new Parser(text, meter, 0).script();
}

class Parser extends CompoundReader {
  script(): Pipelines {
    return this.list(undefined);
  }

  protected override scriptOf(text: string): Pipelines {
    return new Parser(text, this.meter, this.depth + 1).script();
  }

  protected override bodyOf(text: string): Word {
    return new Parser(text, this.meter, this.depth + 1).quoted(undefined);
  }

  /** Pipelines up to what matches `stop`, or to the end when there is none. */
  protected override list(stop: RegExp | undefined): Pipelines {
    return this.nested(() => {
      const pipelines: (readonly Command[])[] = [];
      for (;;) {
        do this.skip(true);
        while (!(stop === closing.case && this.sees(closing.case)) && this.takes(/&&|\|\||;|&(?!>)/y));
        if (stop !== undefined && this.sees(stop)) return pipelines;
        if (this.ended) {
          if (stop === undefined) return pipelines;
          throw new SyntaxError('the text ends before the command');
        }
        if (this.sees(closing.any)) throw new SyntaxError('something is closed that was not opened');
        pipelines.push(this.pipeline());
      }
    });
  }

  private pipeline(): readonly Command[] {
    const stages: Command[] = [];
    do {
      this.skip(true);
      while (this.takes(/!(?=\s)|time[ \t]+-p(?=\s)|time(?=[ \t]+[^-\s])|coproc[ \t]+(?:\w+[ \t]+(?=[{(]))?/y)) {
        this.skip(false);
      }
      stages.push(this.command());
      this.skip(false);
    } while (this.takes(/\|&?(?!\|)/y));
    return stages;
  }

  protected override command(): Command {
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
}
