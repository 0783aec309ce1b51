/** The data directory of the daemon; the rules are those of src/config/locate.ts. */
export function dataDirectory(environment: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const { homedir } = process.getBuiltinModule('node:os');
  const { isAbsolute, join, resolve } = process.getBuiltinModule('node:path');
  const state = environment['XDG_STATE_HOME'];
  const base =
    state !== undefined && isAbsolute(state)
      ? state
      : join(filled(environment['HOME']) ?? homedir(), '.local', 'state');
  return resolve(cwd, filled(environment['CASTELLAN_HOME']) ?? join(base, 'castellan'));
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
