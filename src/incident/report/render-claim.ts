import { inline } from './escape.ts';
import type { Claim } from './narrative.ts';

/** Ids are ours: letters and digits. Anything else that stands where an id should is shown as letters. */
export function links(ids: readonly string[]): string {
  return ids.map((id) => (/^ev_[a-z2-7]{8}$/.test(id) ? `[${id}](#${id})` : inline(id))).join(', ');
}

export function claimLine({ text, quote, evidence, reported }: Claim): string {
  return [
    inline(text),
    ...(reported === true ? ['(reported, not observed)'] : []),
    ...(quote === undefined || quote === '' ? [] : [`“${inline(quote)}”`]),
    ...(evidence.length === 0 ? [] : [`(${links(evidence)})`]),
  ].join(' ');
}

export function claimList(claims: readonly Claim[]): string {
  return claims.map((claim) => `- ${claimLine(claim)}`).join('\n');
}
