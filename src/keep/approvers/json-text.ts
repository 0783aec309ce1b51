/** What a text says, or undefined when it is no JSON: its shape is asked next, and has nothing to find in that. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
