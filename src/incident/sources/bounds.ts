import { headOf, oneLine } from '../../kit/index.ts';
import type { EvidenceRow } from '../evidence.ts';

const mostBytes = 64 * 1024;
const mostRows = 500;
const longestText = 300;
const longestQuote = 500;

/** Whole lines that fit; of a single line that does not, its beginning. */
export function boundedPayload(text: string): { readonly payload: string; readonly truncated: boolean } {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= mostBytes) return { payload: text, truncated: false };
  const head = bytes.subarray(0, mostBytes);
  const end = head.lastIndexOf(0x0a);
  if (end > 0) return { payload: head.subarray(0, end).toString('utf8'), truncated: true };
  // A character that was cut in two would come out as another one.
  return { payload: head.toString('utf8').replace(/\uFFFD$/, ''), truncated: true };
}

export interface RowBounds {
  readonly from: Date;
  readonly to: Date;
  /** As it is kept: what a quote must stand in. */
  readonly payload: string;
  readonly limit: number;
  readonly redact: (text: string) => string;
}

/** Rows of the window, oldest first. Where there are too many, what went wrong or was changed stays, then the newest. */
export function keptRows(
  rows: readonly EvidenceRow[],
  { from, to, payload, limit, redact }: RowBounds,
): { readonly rows: readonly EvidenceRow[]; readonly cut: boolean } {
  const most = Math.max(0, Math.min(mostRows, Math.trunc(limit)));
  const inside = rows.filter(({ at }) => at >= from && at <= to);
  const weight = ({ warning, change }: EvidenceRow): number => (warning === true || change === true ? 1 : 0);
  const kept = [...inside]
    .sort((a, b) => weight(b) - weight(a) || b.at.getTime() - a.at.getTime())
    .slice(0, most)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  return {
    rows: kept.map(({ quote, about, text, ...row }) => {
      const said = quote === undefined ? undefined : headOf(redact(quote), longestQuote);
      return {
        ...row,
        text: oneLine(redact(text), longestText),
        ...(about === undefined ? {} : { about: oneLine(redact(about), longestText) }),
        ...(said !== undefined && said !== '' && payload.includes(said) ? { quote: said } : {}),
      };
    }),
    cut: inside.length > most,
  };
}
