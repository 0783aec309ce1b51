import type { Redact } from '../../kit/index.ts';
import type { Finding } from '../finding.ts';

/** Credentials written down in what is new: the redactor knows their shapes. Only lines are told, never what stands there. */
export function secretLiterals(
  base: ReadonlyMap<string, string>,
  proposed: ReadonlyMap<string, string>,
  differing: ReadonlySet<string>,
  redact: Redact,
): readonly Finding[] {
  const known = new Map<string, number>();
  for (const path of differing) {
    for (const { text } of maskedLines(base.get(path) ?? '', redact)) known.set(text, (known.get(text) ?? 0) + 1);
  }
  return [...differing].sort().flatMap((path) =>
    maskedLines(proposed.get(path) ?? '', redact).flatMap(({ text, line }) => {
      const left = known.get(text) ?? 0;
      known.set(text, left - 1);
      if (left > 0) return [];
      return [
        {
          rule: 'scan-secret-literal',
          verdict: 'deny' as const,
          file: path,
          line,
          message:
            'something here looks like a credential: take it out, put it into the vault and refer to it; if it was ever real, have it replaced',
        },
      ];
    }),
  );
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/** Lines that do not come out of redaction as they went in. */
function maskedLines(text: string, redact: Redact): readonly Line[] {
  const redacted = redact(text);
  if (Object.values(redacted.counts).every((count) => count === 0)) return [];
  const clean = new Map<string, number>();
  for (const line of redacted.text.split('\n')) clean.set(line.trim(), (clean.get(line.trim()) ?? 0) + 1);
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line, index) => ({ text: line.trim(), line: index + 1 }))
    .filter((line) => {
      const left = clean.get(line.text) ?? 0;
      clean.set(line.text, left - 1);
      return left <= 0;
    });
}
