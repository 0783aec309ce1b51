/** What went wrong, with what to do next: the shape every error of Castellan has, whoever noticed it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly next: string;

  constructor(message: string, { code, next, cause }: { code: string; next: string; cause?: unknown }) {
    super(message, { cause });
    this.code = code;
    this.next = next;
  }
}

export function problemOf(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new Problem(`The page failed: ${said}`, {
    code: 'page-failed',
    next: 'Reload the page. Nothing was signed.',
    cause,
  });
}
