import type { Evidence } from '../../src/incident/evidence.ts';
import { Untrusted } from '../../src/kit/index.ts';
import { evidenceText, windowText } from './words.ts';

/** How it was asked stands apart: it quotes what the agent sent. What it says is the source's. */
export function evidenceHead(evidence: Evidence): readonly (string | Untrusted)[] {
  const { from, to, problem, query } = evidence;
  return [
    `${evidenceText(evidence)} · ${windowText({ from, to })}`,
    Untrusted.byAgent(query),
    ...(problem === undefined ? [] : [new Untrusted(`problem: ${problem}`)]),
  ];
}

/** Whole lines from the beginning, as many as the bytes hold. */
export function excerptOf(payload: string, most: number): { readonly text: string; readonly isWhole: boolean } {
  const whole = Buffer.from(payload, 'utf8');
  if (whole.length <= most) return { text: payload, isWhole: true };
  const cut = whole
    .subarray(0, Math.max(0, most))
    .toString('utf8')
    .replace(/\uFFFD+$/u, '');
  const end = cut.lastIndexOf('\n');
  return { text: end > most / 2 ? cut.slice(0, end) : cut, isWhole: false };
}
