import { createScanner } from './anchors.ts';
import { createEncodingScanner } from './encodings.ts';
import type { RedactionLayer } from './redactor.ts';
import { patternRules } from './rules/table.ts';

/** The same rules on the text as it stands and on what is encoded in it. */
export const scanPatterns = createScanner(patternRules);
export const scanEncodings = createEncodingScanner(scanPatterns);

export const patternLayer: RedactionLayer = { name: 'patterns', find: (text) => scanPatterns(text).findings };
export const encodingLayer: RedactionLayer = { name: 'encodings', find: (text) => scanEncodings(text).findings };
