/** What the rest of the program uses of redaction; the types are in redactor.ts, the port in port.ts. */
export { createRedactor } from './create-redactor.ts';
export { redactFrame } from './frame.ts';
export { marker } from './marker.ts';
