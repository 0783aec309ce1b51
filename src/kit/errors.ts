/**
 * An error that may leave the process. `code` is stable and listed in docs/errors.md, `audience` says who can act on it,
 * `next` is the next step. `message` is ours; a driver's own text travels only as `cause`, which is never rendered.
 */
export type Audience = 'agent' | 'operator';

export interface ErrorMeaning {
  readonly audience: Audience;
  /** One sentence for docs/errors.md. */
  readonly meaning: string;
}

export interface ErrorDetail {
  /** Lowercase: what was being done and what is true. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string;
  readonly cause?: unknown;
}

export class CastellanError extends Error {
  readonly code: string;
  readonly audience: Audience;
  readonly next: string;

  constructor(code: string, audience: Audience, detail: ErrorDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'CastellanError';
    this.code = code;
    this.audience = audience;
    this.next = detail.next;
  }
}

const meanings = new Map<string, ErrorMeaning>();

/** Declares error codes and returns their maker. A code is declared once in the whole program. */
export function defineErrors<const Table extends Readonly<Record<string, ErrorMeaning>>>(
  table: Table,
): (code: keyof Table & string, detail: ErrorDetail) => CastellanError {
  for (const [code, meaning] of Object.entries(table)) {
    if (!/^[a-z]+(-[a-z0-9]+)*$/.test(code)) throw new Error(`error code ${code} is not kebab-case`);
    if (meanings.has(code)) throw new Error(`error code ${code} is declared twice`);
    meanings.set(code, meaning);
  }
  return (code, detail) => {
    const meaning = table[code];
    if (meaning === undefined) throw new Error(`error code ${code} is not declared`);
    return new CastellanError(code, meaning.audience, detail);
  };
}

/** Every declared code, sorted, for docs/errors.md. */
export function declaredErrors(): readonly (ErrorMeaning & { readonly code: string })[] {
  return [...meanings].map(([code, meaning]) => ({ code, ...meaning })).sort((a, b) => a.code.localeCompare(b.code));
}
