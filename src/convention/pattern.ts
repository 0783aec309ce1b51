const compiled = new Map<string, RegExp>();

/** Whether a name fits one of these patterns: `*` stands for any part of it. */
export function fits(name: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => patternOf(one).test(name));
}

function patternOf(text: string): RegExp {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const made = new RegExp(`^${parts.join('.*')}$`);
  compiled.set(text, made);
  return made;
}
