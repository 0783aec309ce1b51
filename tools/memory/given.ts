export type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** What was given: the engine takes an absent part for one that stays as it is. */
export function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}
