import { Untrusted } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';

export type SourceRedactor = Pick<Redactor, 'text' | 'agentText'>;

/**
 * Somebody else's words as text that is kept: evidence is bytes under a hash, and wrapped again by whoever reads it. Each
 * author's part is redacted as that author's.
 */
export function opened(text: string | Untrusted, redact: SourceRedactor): string {
  if (typeof text === 'string') return text;
  return Untrusted.openForRendering(text, ({ text: part, author }) =>
    author === 'agent' ? redact.agentText(part).text : redact.text(part).text,
  );
}
