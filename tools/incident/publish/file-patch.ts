/**
 * A patch that makes a file what it is to be, as git reads it. `before` is what stands there now; undefined: nothing.
 */
export function filePatch(path: string, before: string | undefined, after: string): string {
  const head =
    before === undefined
      ? [`diff --git a/${path} b/${path}`, 'new file mode 100644', '--- /dev/null', `+++ b/${path}`]
      : [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`];
  const old = linesOf(before ?? '');
  const fresh = linesOf(after);
  const hunk = `@@ -${range(old.lines.length)} +${range(fresh.lines.length)} @@`;
  return `${[...head, hunk, ...marked('-', old), ...marked('+', fresh)].join('\n')}\n`;
}

interface Lines {
  readonly lines: readonly string[];
  readonly isEnded: boolean;
}

function linesOf(text: string): Lines {
  if (text === '') return { lines: [], isEnded: true };
  const isEnded = text.endsWith('\n');
  return { lines: (isEnded ? text.slice(0, -1) : text).split('\n'), isEnded };
}

function marked(sign: '-' | '+', { lines, isEnded }: Lines): readonly string[] {
  return [...lines.map((line) => `${sign}${line}`), ...(isEnded ? [] : ['\\ No newline at end of file'])];
}

function range(count: number): string {
  return count === 0 ? '0,0' : `1,${count}`;
}
