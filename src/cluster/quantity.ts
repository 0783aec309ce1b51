import type { JsonValue } from '../kit/index.ts';

const scales: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A number with a scale or a power of ten: `1E` is a scale, `1E3` a power. */
const quantity = /^([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))(?:([KMGTPE]i|[numkMGTPE]?)|[eE]([+-]?\d{1,3}))$/;

/** What Kubernetes calls a quantity, in its base unit: `128Mi` is 134217728 (bytes), `250m` 0.25 (cores). Undefined when it is none. */
export function parseQuantity(text: JsonValue | undefined): number | undefined {
  if (typeof text === 'number') return text;
  if (typeof text !== 'string') return undefined;
  const [, digits, scale = '', power] = quantity.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  return power === undefined ? Number(digits) * (scales[scale] ?? Number.NaN) : Number(`${digits}e${power}`);
}
