/** What the rest of the program uses of redaction. */
export { createRedactor, type RedactorOptions } from './create-redactor.ts';
export { redactFrame, redactLogRecord } from './frame.ts';
export { countMarkers, holdsOnlyMarkers, marker } from './marker.ts';
export { redactorPort } from './port.ts';
export type {
  ExtensibleRedactor,
  Finding,
  LeafPath,
  RedactionCounts,
  RedactionLayer,
  Redactor,
  StructuralRule,
} from './redactor.ts';
