import { cpus, totalmem } from 'node:os';

/** The middle of what was measured. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'MiB' | 'bytes';
  readonly castellan: number;
  readonly peer: number;
}

/** A Markdown table of both and how many times more the peer takes. */
export function figuresTable(peer: string, figures: readonly Figure[]): string {
  const rows = figures.map(({ what, unit, castellan, peer: other }) => {
    const ratio = other / castellan;
    return `| ${what} | ${amount(castellan)} ${unit} | ${amount(other)} ${unit} | ${ratio.toFixed(ratio < 10 ? 2 : 0)}× |`;
  });
  return [`| | Castellan | ${peer} | ratio |`, '|---|---:|---:|---:|', ...rows].join('\n');
}

function amount(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

/** Where and when this was measured. */
export function circumstances(now: Date): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${now.toISOString().slice(0, 10)} · ${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'} · ${memory} GiB · ${process.platform} ${process.arch} · Node ${process.versions.node}`;
}
