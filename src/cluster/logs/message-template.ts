/** Groups of a UUID may happen to have no digit, so it is known by its form; everything else by a digit in the word. */
const word = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[a-z0-9]+/gi;
const several = /#(?:[-.:,/_+]+#)+/g;

/**
 * What a message has in common with the others the same line of a program wrote: every word with a digit in it (numbers,
 * times, durations, addresses, ids, the ends of pod names, fingerprints of masked values) is `#`.
 */
export function messageTemplate(message: string): string {
  return message.replace(word, (found) => (/\d/.test(found) ? '#' : found)).replace(several, '#');
}
