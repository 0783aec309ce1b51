import { configError } from './errors.ts';

/** One thing that is wrong. Says where and what, never a value: a password may stand where it was not meant to. */
export interface Problem {
  /** Of the place in castellan.yaml, from 1; undefined when it has none there. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Lowercase. */
  readonly what: string;
  readonly next: string;
}

/** Every problem in one `config-invalid`. */
export function configInvalid(source: string, problems: readonly Problem[], cause?: unknown): Error {
  const lines = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(({ line, column, what, next }) => {
    const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `;
    return `\n  ${place}${what}; ${next}`;
  });
  return configError('config-invalid', {
    message: `${source} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:${lines.join('')}`,
    next: 'correct what is listed and run `castellan config check`; `castellan config schema` says what may be written',
    ...(cause === undefined ? {} : { cause }),
  });
}
