/** A token bucket per key, refilled evenly; keys that are full again are forgotten. */
export interface RateLimit {
  /** Seconds to wait, or 0 when the request may pass. */
  take(key: string, now: number): number;
}

export function createRateLimit(perMinute: number): RateLimit {
  const buckets = new Map<string, { level: number; at: number }>();
  const perMs = perMinute / 60_000;
  const most = 10_000;

  const forgetIdle = (now: number): void => {
    for (const [key, bucket] of buckets) if (bucket.level + (now - bucket.at) * perMs >= perMinute) buckets.delete(key);
  };

  return {
    take: (key, now) => {
      if (buckets.size >= most) forgetIdle(now);
      const bucket = buckets.get(key) ?? { level: perMinute, at: now };
      const level = Math.min(perMinute, bucket.level + (now - bucket.at) * perMs);
      const allowed = level >= 1;
      buckets.set(key, { level: allowed ? level - 1 : level, at: now });
      return allowed ? 0 : Math.ceil((1 - level) / perMs / 1000);
    },
  };
}
