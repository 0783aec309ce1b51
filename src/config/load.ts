import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../kit/index.ts';
import type { Environment } from './environment.ts';
import { kindOf, parseListen } from './fields.ts';
import { deepFreeze, frozenMap } from './frozen.ts';
import { socketPathProblem } from './home.ts';
import { problemsOf } from './issues.ts';
import { type LocateOptions, locate, userHome } from './locate.ts';
import { applyOverrides } from './overrides.ts';
import { type ConfigPath, type Problem, pathText, refusal } from './problem.ts';
import { type core, rawSchema, type Slice } from './raw.ts';
import { tryReadSecret } from './secret-reference.ts';
import { isPlainObject, mapStrings, type Schema, schemasAt } from './shape.ts';
import type { Config, DatabaseConfig, HttpConfig } from './valid.ts';
import { noFile, readYamlFile } from './yaml-file.ts';

export interface LoadOptions extends LocateOptions {
  /** The tool groups' sections; a `Group` is one. */
  readonly slices: readonly Slice[];
}

/**
 * The configuration of this command line, proven and frozen. Reads castellan.yaml and looks at every secret file it names;
 * writes nothing. Throws one `CastellanError` with every problem there is: `config-unknown-key`, `config-invalid`,
 * `config-malformed`, `config-not-found`, `config-unreadable`, `secret-file-unsafe`, `secret-file-unusable`,
 * `secret-unresolvable`, `home-unusable`.
 */
export function loadConfig({ slices, ...place }: LoadOptions): Config {
  const { home, config: path } = locate(place);
  const file = path === undefined ? noFile : readYamlFile(path);
  const schema = rawSchema(slices);
  const overridden = applyOverrides(file.tree, schema, place.environment);
  const whereOf = (key: ConfigPath): string => overridden.origins.get(key.join('.')) ?? file.placeOf(key);
  const { tree, references } = withAbsolutePaths(overridden.tree, schema, {
    environment: place.environment,
    folderOf: (key) => (path === undefined || overridden.origins.has(key.join('.')) ? place.cwd : dirname(path)),
  });
  const secrets = readSecrets(references, whereOf);
  const parsed = file.tree === undefined ? undefined : schema.safeParse(tree);
  const [first, ...others] = [
    ...file.problems,
    ...overridden.problems,
    ...(parsed?.success === false ? problemsOf(parsed.error.issues, { schema, tree, whereOf }) : []),
    ...passwordsInUrls(tree, whereOf),
    ...secrets.problems,
    ...socketPathProblem(home),
  ];
  if (first !== undefined) throw refusal([first, ...others]);
  if (parsed?.success !== true) throw new Error('a configuration without problems was not parsed');
  const valid = parsed.data as z.output<typeof core>;
  const { database, http, socket, backup, log } = valid;
  const sections = new Map<string, unknown>(Object.entries(valid));
  const hasSection = (key: string): boolean => isPlainObject(tree) && tree[key] !== undefined;
  return deepFreeze<Config>({
    home,
    file: path,
    database: databaseOf(database, home, secrets.values),
    http: httpOf(http),
    httpRefused: http === false,
    socket: { ...socket, human: socket.human ?? userName() },
    backup,
    log,
    groups: frozenMap(
      slices.flatMap(({ configKey }) => {
        const slice = sections.get(configKey);
        return slice === undefined || slice === false ? [] : [[configKey, slice] as const];
      }),
    ),
    groupsByDefault: slices.flatMap((slice) =>
      slice.withoutConfig === true && !hasSection(slice.configKey) ? [slice.configKey] : [],
    ),
    groupsRefused: slices.flatMap(({ configKey }) => (sections.get(configKey) === false ? [configKey] : [])),
    origins: frozenMap(originsOf(tree, whereOf, references)),
  });
}

interface Reference {
  readonly path: ConfigPath;
  readonly text: string;
}

/** Every path made absolute, and the references to secrets that were met on the way. */
function withAbsolutePaths(
  tree: unknown,
  schema: Schema,
  { environment, folderOf }: { readonly environment: Environment; folderOf(path: ConfigPath): string },
): { readonly tree: unknown; readonly references: readonly Reference[] } {
  const references: Reference[] = [];
  const absolute = (text: string, path: ConfigPath): string =>
    text === '~' || text.startsWith('~/') ? join(userHome(environment), text.slice(1)) : resolve(folderOf(path), text);
  const changed = mapStrings(tree, (text, path) => {
    const field = schemasAt(schema, path).find((one) => kindOf(one) !== undefined);
    const kind = field === undefined ? undefined : kindOf(field);
    if (field === undefined || kind === undefined || !fits(field, text)) return text;
    const result = text.startsWith('vault://') ? text : absolute(text, path);
    if (kind === 'secret') references.push({ path, text: result });
    return result;
  });
  return { tree: changed, references };
}

/** What does not fit is left as it is, for the schema to refuse. */
function fits(field: Schema, text: string): boolean {
  return z.safeParse(field, text).success;
}

/** The database's password is needed at once; what a group's slice names is looked at now and read when it connects. */
function readSecrets(
  references: readonly Reference[],
  whereOf: (path: ConfigPath) => string,
): { readonly values: ReadonlyMap<string, Secret>; readonly problems: readonly Problem[] } {
  const values = new Map<string, Secret>();
  const problems: Problem[] = [];
  for (const { path, text } of references) {
    const key = pathText(path);
    const isCore = path[0] === 'database';
    if (!isCore && text.startsWith('vault://')) continue;
    const read = tryReadSecret(text, key);
    if (!(read instanceof Secret)) problems.push({ where: whereOf(path), ...read });
    else if (isCore) values.set(key, read);
  }
  return { values, problems };
}

/** Userinfo in a URL is the one way to write a password where text is taken. */
function passwordsInUrls(tree: unknown, whereOf: (path: ConfigPath) => string): readonly Problem[] {
  const problems: Problem[] = [];
  mapStrings(tree, (text, path) => {
    if (/[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*:[^/?#\s]*@/i.test(text)) {
      problems.push({
        code: 'config-invalid',
        where: whereOf(path),
        message: `${pathText(path)} holds a password inside a URL`,
        next: 'remove user and password from the URL, change the password, and name the file that holds it where the section takes one',
      });
    }
    return text;
  });
  return problems;
}

function databaseOf(
  { embedded, postgres }: z.output<typeof core>['database'],
  home: string,
  secrets: ReadonlyMap<string, Secret>,
): DatabaseConfig {
  if (postgres === undefined) return { kind: 'embedded', directory: embedded?.directory ?? join(home, 'db') };
  const { host, port, database, user, tls, caFile } = postgres;
  const password = secrets.get('database.postgres.passwordFrom');
  return { kind: 'postgres', host, port, database, user, password, tls, caFile };
}

function httpOf(http: z.output<typeof core>['http']): HttpConfig | undefined {
  if (http === undefined || http === false) return undefined;
  const { listen, ...limits } = http;
  const address = parseListen(listen);
  if (address === undefined) throw new Error('http.listen was not proven');
  return { ...address, ...limits };
}

/** A label. A pod's user often has no name, and a name may hold what a label cannot. */
function userName(): string {
  let name: string;
  try {
    name = userInfo().username;
  } catch {
    // No entry for this uid: the number is all there is.
    name = `uid-${process.getuid?.() ?? 'unknown'}`;
  }
  const label = name
    .replace(/[^a-zA-Z0-9._@-]/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 63);
  return label === '' ? 'owner' : label;
}

function originsOf(
  tree: unknown,
  whereOf: (path: ConfigPath) => string,
  references: readonly Reference[],
): readonly (readonly [string, string])[] {
  const leaves = (value: unknown, path: ConfigPath): readonly ConfigPath[] =>
    isPlainObject(value) ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key])) : [path];
  return leaves(tree, []).map((path) => {
    const key = path.join('.');
    const reference = references.find((one) => one.path.join('.') === key);
    return [key, reference === undefined ? whereOf(path) : `${reference.text}, named at ${whereOf(path)}`];
  });
}
