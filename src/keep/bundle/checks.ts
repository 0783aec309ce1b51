/** What a reader is told, a line each. `unknown` is what nothing in the bundle can prove, and says how to find out. */
export interface Check {
  readonly what: string;
  readonly outcome: 'pass' | 'fail' | 'unknown';
  readonly detail: string;
}

export class Checks {
  readonly all: Check[] = [];

  pass(what: string, detail: string): void {
    this.all.push({ what, outcome: 'pass', detail });
  }

  fail(what: string, detail: string): void {
    this.all.push({ what, outcome: 'fail', detail });
  }

  unknown(what: string, detail: string): void {
    this.all.push({ what, outcome: 'unknown', detail });
  }

  /** Passes unless there is a flaw. */
  proved(what: string, flaw: string | undefined, detail: string): void {
    if (flaw === undefined) this.pass(what, detail);
    else this.fail(what, flaw);
  }
}
