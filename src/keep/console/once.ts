import { randomBytes } from 'node:crypto';

/** Things that are good once, for a while: login challenges, enrolments that were begun, passkeys that were proved. */
export interface Once<Value> {
  /** 256 random bits, base64url, by which it is taken. */
  put(value: Value): string;
  take(key: string): Value | undefined;
}

export function openOnce<Value>(options: { lastsMs: number; most: number; now: () => Date }): Once<Value> {
  const { lastsMs, most, now } = options;
  const held = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    put: (value) => {
      const at = now().getTime();
      for (const [key, { until }] of held) {
        if (until > at && held.size < most) break;
        held.delete(key);
      }
      const key = randomBytes(32).toString('base64url');
      held.set(key, { value, until: at + lastsMs });
      return key;
    },
    take: (key) => {
      const found = held.get(key);
      held.delete(key);
      return found !== undefined && found.until > now().getTime() ? found.value : undefined;
    },
  };
}
