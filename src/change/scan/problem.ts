/** Why the sources cannot be judged: becomes a finding that denies. It never leaves the scan. */
export class Unjudgeable extends Error {
  readonly rule: string;
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(rule: string, message: string, at: { readonly file?: string; readonly line?: number } = {}) {
    super(message);
    this.name = 'Unjudgeable';
    this.rule = rule;
    this.file = at.file;
    this.line = at.line;
  }
}
