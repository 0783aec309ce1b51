export type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** What was given: the record takes an absent part for one that stays as it is. */
export function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

/** `web, mail` → web and mail. */
export function wordsOf(text: string | undefined): readonly string[] {
  const words = (text ?? '').split(',').map((one) => one.trim());
  return [...new Set(words.filter((one) => one !== ''))];
}
