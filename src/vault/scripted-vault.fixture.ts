import type { ServerResponse } from 'node:http';
import { type HostileServer, json, openHostile, type Seen, word } from './hostile.fixture.ts';

/** The little of Vault that the contract needs, as Vault answers it. What it claims is held against a real one in the lab. */
export interface ScriptedVault extends AsyncDisposable {
  readonly server: HostileServer;
  readonly root: string;
  /** Makes a service token of these policies. */
  token(...policies: readonly string[]): string;
}

interface Version {
  data: Record<string, unknown>;
  readonly created: string;
  deleted: string;
}

export const metadataOnly = 'contract-metadata';
export const wrappedOnly = 'contract-wrapped';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly policies: readonly string[];
  readonly wrap: number | undefined;
}

class NoAnswer extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, ...errors: readonly string[]) {
    super(errors.join());
    this.status = status;
    this.body = { errors };
  }
}

export async function openScriptedVault(): Promise<ScriptedVault> {
  const secrets = new Map<string, Version[]>();
  const tokens = new Map<string, { policies: readonly string[]; type: string }>();
  const wrapped = new Map<string, unknown>();
  const root = word();
  tokens.set(root, { policies: ['root'], type: 'service' });

  const versionOf = (path: string, query: URLSearchParams): { version: Version; number: number } => {
    const versions = secrets.get(path) ?? [];
    const number = Number(query.get('version') ?? versions.length);
    const version = versions[number - 1];
    if (version === undefined) throw new NoAnswer(404);
    return { version, number };
  };
  const metadata = ({ created, deleted }: Version, version: number) => ({
    version,
    created_time: created,
    deletion_time: deleted,
    destroyed: false,
    custom_metadata: null,
  });
  const write = (path: string, { method, body }: Call): unknown => {
    const versions = secrets.get(path) ?? [];
    const { options, data } = body as { options: { cas: number }; data: Record<string, unknown> };
    if (options.cas !== versions.length) {
      throw new NoAnswer(400, 'check-and-set parameter did not match the current version');
    }
    const before = method === 'PATCH' ? versions.at(-1)?.data : {};
    versions.push({ data: { ...before, ...data }, created: new Date().toISOString(), deleted: '' });
    secrets.set(path, versions);
    return { data: metadata(versions.at(-1) as Version, versions.length) };
  };
  const read = (branch: string, path: string, query: URLSearchParams): unknown => {
    const { version, number } = versionOf(path, query);
    const about = metadata(version, number);
    const gone = version.deleted !== '';
    if (gone)
      throw Object.assign(new NoAnswer(404), { body: { data: { data: null, subkeys: null, metadata: about } } });
    return {
      data: {
        [branch === 'data' ? 'data' : 'subkeys']: branch === 'data' ? version.data : hollow(version.data),
        metadata: about,
      },
    };
  };
  const list = (folder: string): unknown => {
    const below = [...secrets.keys()]
      .filter((path) => path.startsWith(folder))
      .map((path) => path.slice(folder.length));
    if (below.length === 0) throw new NoAnswer(404);
    return { data: { keys: [...new Set(below.map((path) => path.replace(/\/.*/s, '/')))].sort() } };
  };
  const describeSecret = (path: string): unknown => {
    const versions = secrets.get(path);
    const [first] = versions ?? [];
    if (versions === undefined || first === undefined) throw new NoAnswer(404);
    return {
      data: {
        cas_required: false,
        created_time: first.created,
        updated_time: versions.at(-1)?.created,
        current_version: versions.length,
        oldest_version: 0,
        max_versions: 0,
        delete_version_after: '0s',
        custom_metadata: null,
        versions: Object.fromEntries(
          versions.map(({ created, deleted }, index) => [
            String(index + 1),
            { created_time: created, deletion_time: deleted, destroyed: false, created_by: null },
          ]),
        ),
      },
    };
  };

  const kv = (call: Call): unknown => {
    const [, branch = '', path = ''] = /^secret\/(\w+)\/(.*)$/s.exec(call.path) ?? [];
    mustAllow(call, branch);
    if (branch === 'data') return call.method === 'GET' ? read('data', path, call.query) : write(path, call);
    if (branch === 'subkeys') return read('subkeys', path, call.query);
    if (branch === 'delete') {
      for (const number of call.body['versions'] as readonly number[]) {
        const version = secrets.get(path)?.[number - 1];
        if (version !== undefined) version.deleted = new Date().toISOString();
      }
      return undefined;
    }
    return call.query.has('list') ? list(path === '' ? '' : `${path}/`) : describeSecret(path);
  };

  const answer = (call: Call, token: string): unknown => {
    if (call.path.startsWith('secret/')) return kv(call);
    switch (`${call.method} ${call.path}`) {
      case 'GET sys/internal/ui/mounts':
        return {
          data: { secret: { 'secret/': { type: 'kv', description: '', options: { version: '2' } } }, auth: {} },
        };
      case 'GET auth/token/lookup-self': {
        const { policies, type } = tokens.get(token) ?? { policies: [], type: '' };
        return { data: { id: token, accessor: 'a', display_name: 'root', policies, ttl: 0, expire_time: null, type } };
      }
      case 'POST auth/token/create': {
        const child = word();
        const { policies, type } = call.body as { policies: readonly string[]; type: string };
        tokens.set(child, { policies, type });
        const auth = {
          client_token: child,
          accessor: '',
          policies,
          lease_duration: 60,
          renewable: false,
          token_type: type,
        };
        return { auth };
      }
      case 'POST sys/capabilities-self': {
        const paths = call.body['paths'] as readonly string[];
        return { data: Object.fromEntries(paths.map((path) => [path, capabilities(call.policies, path)])) };
      }
      case 'POST sys/wrapping/unwrap': {
        const inside = wrapped.get(String(call.body['token']));
        if (inside === undefined) throw new NoAnswer(400, 'wrapping token is not valid or does not exist');
        wrapped.delete(String(call.body['token']));
        return inside;
      }
      case 'GET sys/health':
        return { initialized: true, sealed: false, version: '1.21.1', cluster_name: 'scripted' };
      case 'GET sys/leader':
        return { ha_enabled: false, is_self: false, active_time: '0001-01-01T00:00:00Z', leader_address: '' };
      case 'GET sys/storage/raft/autopilot/state':
        throw new NoAnswer(400, 'raft storage is not in use');
      default:
        throw new NoAnswer(404, `no handler for route "${call.path}". route entry not found.`);
    }
  };

  const keep = (said: unknown): string => {
    const key = word();
    wrapped.set(key, said);
    return key;
  };
  const respond = (response: ServerResponse, { method, url, headers, body }: Seen): void => {
    const { pathname, searchParams } = new URL(url, 'http://192.0.2.1');
    const token = String(headers['x-vault-token'] ?? '');
    const ttl = headers['x-vault-wrap-ttl'];
    const wrap = ttl === undefined ? undefined : Number.parseInt(String(ttl), 10);
    const path = decodeURIComponent(pathname.replace('/v1/', ''));
    try {
      const policies = tokens.get(token)?.policies;
      if (policies === undefined && path !== 'sys/health')
        throw new NoAnswer(403, 'permission denied', 'invalid token');
      const sent = body === '' ? {} : JSON.parse(body);
      const said = answer({ method, path, query: searchParams, body: sent, policies: policies ?? [], wrap }, token);
      if (said === undefined) response.writeHead(204).end();
      else if (wrap === undefined) json(response, 200, said);
      else json(response, 200, { data: null, wrap_info: { token: keep(said), ttl: wrap, creation_path: path } });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      json(response, error.status, error.body);
    }
  };
  const server = await openHostile(respond);
  return {
    server,
    root,
    token: (...policies) => {
      const token = word();
      tokens.set(token, { policies, type: 'service' });
      return token;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function mustAllow({ policies, wrap }: Call, branch: string): void {
  if (policies.includes('root')) return;
  if (policies.includes(metadataOnly) && ['metadata', 'subkeys'].includes(branch)) return;
  if (policies.includes(wrappedOnly) && branch === 'data' && wrap !== undefined && wrap >= 30) return;
  throw new NoAnswer(403, '1 error occurred:\n\t* permission denied\n\n');
}

function capabilities(policies: readonly string[], path: string): readonly string[] {
  if (policies.includes('root')) return ['root'];
  const seen = policies.includes(metadataOnly) && /^secret\/(metadata|subkeys)\//.test(path);
  return seen ? ['list', 'read'] : ['deny'];
}

function hollow(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hollow(inner)]));
}
