import { Secret } from '../kit/index.ts';
import type { VaultBody } from './port.ts';

/** The JSON that is sent. The one place where secrets of a body are opened. */
export function openBody(body: VaultBody): string {
  return JSON.stringify(opened(body));
}

/** Not left to JSON.stringify: a Secret turns itself into a placeholder there, which would be written as the value. */
function opened(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}
