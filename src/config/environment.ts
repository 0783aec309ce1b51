/** The only reader of the process's environment. Imports nothing: the shim loads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function processEnvironment(): Environment {
  return { ...process.env };
}
