import { type Principal, principalId } from '../../src/kit/index.ts';
import { vaultToolError } from './errors.ts';

/**
 * How many comparisons somebody may ask for. Each says one bit of two values; many, against a secret somebody can write, would
 * find another one out.
 */
export interface Allowance {
  /** Counts one more, and says how many of how many that is. Throws `vault-compare-limited`. */
  spend(principal: Principal, now: Date): { readonly used: number; readonly most: number };
}

const hourMs = 3_600_000;
/** Names an agent goes by: forgotten ones make room, with their hour. */
const mostPrincipals = 1_000;

export function createAllowance(most = 30): Allowance {
  const spent = new Map<string, readonly number[]>();
  return {
    spend(principal, now) {
      const id = principalId(principal);
      const recent = (spent.get(id) ?? []).filter((at) => now.getTime() - at < hourMs);
      if (recent.length >= most) {
        const again = new Date((recent[0] ?? 0) + hourMs);
        throw vaultToolError('vault-compare-limited', {
          message: `${most} comparisons were asked for within an hour, which is all there are`,
          next: `the next is possible at ${again.toISOString()}; vault_describe tells versions and ages without comparing`,
        });
      }
      spent.delete(id);
      const [oldest] = spent.keys();
      if (spent.size >= mostPrincipals && oldest !== undefined) spent.delete(oldest);
      spent.set(id, [...recent, now.getTime()]);
      return { used: recent.length + 1, most };
    },
  };
}
