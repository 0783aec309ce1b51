/** Durations and byte sizes as LogQL writes them. */

const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
  y: 31_536_000_000_000_000n,
};

export const second = 1_000_000_000n;

/** `1h30m`, `1.5s`, `250ms` in nanoseconds; undefined when it is no duration. */
export function parseDuration(text: string): bigint | undefined {
  const pattern = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)/y;
  const negative = text.startsWith('-');
  let at = negative ? 1 : 0;
  let total = 0n;
  if (at === text.length) return undefined;
  while (at < text.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    const unit = nanoseconds[found?.[2] ?? ''];
    if (found === null || unit === undefined) return undefined;
    const number = found[1] ?? '';
    total += number.includes('.') ? BigInt(Math.round(Number(number) * Number(unit))) : BigInt(number) * unit;
    at += found[0].length;
  }
  return negative ? -total : total;
}

const byteFactors: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `20KB`, `1.5MiB`; undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-zA-Z]+)$/.exec(text) ?? [];
  const factor = byteFactors[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(number) * factor;
}
