const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti'] as const;

/** `115Mi`, `1.5Gi`. */
export function bytesText(bytes: number): string {
  let [size, scale] = [bytes, 0];
  while (size >= 1024 && scale < binary.length - 1) [size, scale] = [size / 1024, scale + 1];
  return `${Number(size.toFixed(size < 10 ? 1 : 0))}${binary[scale] ?? ''}`;
}

/** `250m`, `2`. */
export function coresText(cores: number): string {
  return cores < 10 ? `${Math.round(cores * 1_000)}m` : String(Math.round(cores));
}

export function percentText(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)}%` : '?';
}
