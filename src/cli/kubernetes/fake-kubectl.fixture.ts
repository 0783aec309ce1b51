import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A kubectl that answers from files and writes down what it was asked: put its folder on the PATH. */
export class FakeKubectl {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    writeFileSync(join(folder, 'kubectl'), program, { mode: 0o700 });
    this.answer('config get-contexts', 'spare\nhome\n');
    this.answer('{.current-context}', 'home');
    this.answer('get clusterrole', '');
  }

  /** What it prints when its words contain these. */
  answer(words: string, stdout: string): void {
    writeFileSync(join(this.folder, `say-${words}`), stdout);
  }

  /** It says this on stderr, and fails. */
  fail(words: string, stderr: string): void {
    writeFileSync(join(this.folder, `fail-${words}`), stderr);
  }

  mend(words: string): void {
    rmSync(join(this.folder, `fail-${words}`));
  }

  /** The words of every call. */
  get calls(): readonly string[] {
    const file = join(this.folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  /** What it was given to apply; undefined when nothing was applied. */
  get applied(): string | undefined {
    const file = join(this.folder, 'applied');
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }
}

const program = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls"
for file in "$here"/fail-*; do
  case "$*" in *"\${file#*/fail-}"*) cat "$file" >&2; exit 1;; esac
done
case "$*" in *" apply "*) cat > "$here/applied"; exit 0;; esac
for file in "$here"/say-*; do
  case "$*" in *"\${file#*/say-}"*) cat "$file"; exit 0;; esac
done
exit 64
`;
