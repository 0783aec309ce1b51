/**
 * The first line each way on agent.sock, before MCP begins. The caller says which build it is, which configuration it
 * wants and what it came for; the daemon says which build it is, what it serves and how busy it is. Imports nothing: the
 * shim's start-up time is the agent's waiting time.
 *
 *  purpose mcp       what follows is MCP, one JSON-RPC message a line
 *  purpose operator  what follows are commands, a line each, every one answered before the next is begun: operator-connection.ts
 *  purpose control   one verb, one JSON answer, end
 */
export const protocol = 1;
/** The number of the newest migration this build knows; a law test keeps it true. */
export const schema = 7;
export const longestHello = 4_096;

export interface Build {
  readonly version: string;
  /** ISO time of the build; empty when run from source. */
  readonly stamp: string;
}

export const controlVerbs = ['status', 'retire', 'backup', 'audit-verify'] as const;
export type ControlVerb = (typeof controlVerbs)[number];

export interface Hello {
  readonly castellan: typeof protocol;
  readonly build: Build;
  readonly schema: number;
  /** Absolute path of the configuration the caller was told to use; null: whatever the daemon has. */
  readonly config: string | null;
  readonly purpose: 'mcp' | 'operator' | { readonly control: ControlVerb };
}

export interface Welcome {
  readonly castellan: typeof protocol;
  readonly build: Build;
  readonly schema: number;
  readonly config: string | null;
  readonly pid: number;
  /** Clients connected before this one: of MCP and of commands. */
  readonly clients: number;
}

/** Older: a lower version, or the same version built earlier. A build run from source is never older than itself. */
export function isOlder(one: Build, other: Build): boolean {
  const order = compareVersions(one.version, other.version);
  if (order !== 0) return order < 0;
  return one.stamp !== '' && other.stamp !== '' && one.stamp < other.stamp;
}

export function parseHello(line: string): Hello | undefined {
  const value = parseObject(line);
  if (value === undefined || value['castellan'] !== protocol) return undefined;
  const build = parseBuild(value['build']);
  const config = value['config'];
  const purpose = parsePurpose(value['purpose']);
  if (build === undefined || purpose === undefined || typeof value['schema'] !== 'number') return undefined;
  if (config !== null && typeof config !== 'string') return undefined;
  return { castellan: protocol, build, schema: value['schema'], config, purpose };
}

export function parseWelcome(line: string): Welcome | undefined {
  const value = parseObject(line);
  if (value === undefined || value['castellan'] !== protocol) return undefined;
  const build = parseBuild(value['build']);
  const { schema: number, config, pid, clients } = value;
  if (build === undefined || typeof number !== 'number' || typeof pid !== 'number') return undefined;
  if (typeof clients !== 'number' || (config !== null && typeof config !== 'string')) return undefined;
  return { castellan: protocol, build, schema: number, config, pid, clients };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Not JSON: the caller answers with its own refusal.
    return undefined;
  }
}

function parseBuild(value: unknown): Build | undefined {
  if (typeof value !== 'object' || value === null || !('version' in value) || !('stamp' in value)) return undefined;
  const { version, stamp } = value;
  return typeof version === 'string' && typeof stamp === 'string' ? { version, stamp } : undefined;
}

function parsePurpose(value: unknown): Hello['purpose'] | undefined {
  if (value === 'mcp' || value === 'operator') return value;
  if (typeof value !== 'object' || value === null || !('control' in value)) return undefined;
  const verb = controlVerbs.find((known) => known === value.control);
  return verb === undefined ? undefined : { control: verb };
}

function compareVersions(one: string, other: string): number {
  const numbers = (version: string): number[] =>
    version.split(/[.+-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(one), numbers(other)];
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
