import { createScanner, type Scanned } from './anchors.ts';
import { base64Runs, hexRuns } from './encodings.ts';
import type { Finding, RedactionLayer } from './redactor.ts';
import { patternRules } from './rules/table.ts';
import { entityDecodedView, percentDecodedView, throughView, unescapedView } from './views.ts';

/**
 * The pattern rules, on the text as it stands and as it reads when it is decoded: escapes, percent-encoding, HTML
 * entities, base64, hex, and these inside each other three deep.
 */
export const scanPlain = createScanner(patternRules);

const decodings = 3;
const shortestEncoded = 16;

export function scanPatterns(text: string, depth: number = decodings): Scanned {
  const plain = scanPlain(text);
  if (depth === 0 || text.length < shortestEncoded) return plain;
  const findings: Finding[] = [...plain.findings];
  let { steps } = plain;

  for (const runsOf of [base64Runs, hexRuns]) {
    const runs = runsOf(text);
    steps += runs.steps;
    for (const { start, end, decoded } of runs.found) {
      const inside = scanPatterns(decoded, depth - 1);
      steps += inside.steps + (end - start);
      const rule = inside.findings[0]?.rule;
      if (rule !== undefined) findings.push({ start, end, rule });
    }
  }

  for (const viewOf of [unescapedView, percentDecodedView, entityDecodedView]) {
    const view = viewOf(text);
    if (view === undefined) continue;
    const inside = scanPatterns(view.text, depth - 1);
    steps += inside.steps + text.length;
    for (const finding of inside.findings) findings.push(throughView(finding, view));
  }
  return { findings, steps };
}

export const patternLayer: RedactionLayer = { name: 'patterns', find: (text) => scanPatterns(text).findings };
