/** Undefined for what is no JSON: a parser's error quotes the text, and what is parsed here is full of secrets. */
export function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told as what it is by whoever asked, in words of its own.
    return undefined;
  }
}
