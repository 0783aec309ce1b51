/** What a text says apart from what differs each time: ids, addresses, numbers. Two texts with one template tell the same kind of thing. */
export function templateOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/g, '#')
    .replace(/\d+(?:[.:,]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}
