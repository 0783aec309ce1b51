import type { ConsoleConfig } from '../config/valid.ts';
import type { RelyingParty } from './port.ts';

/** What passkeys are made for: the host of the console, whatever its port; signatures name the port too. */
export function relyingPartyOf({ origin }: Pick<ConsoleConfig, 'origin'>): RelyingParty {
  return { origin: new URL(origin).origin, id: new URL(origin).hostname };
}
