import { isAbsolute } from 'node:path';
import type { Secret } from '../../kit/index.ts';
import { gitError } from './errors.ts';
import type { Setting } from './program.ts';

/** Where the repository is, and what goes along to get it. */
export interface RemoteOptions {
  /** `https://…`, `ssh://…`, `user@host:path`, or an absolute path. No credential stands in it. */
  readonly url: string;
  /** For ssh: both are needed, and no other key or host is tried. */
  readonly sshKeyFile?: string | undefined;
  readonly knownHostsFile?: string | undefined;
  /** For https: sent as the password, to this host alone. */
  readonly token?: Secret | undefined;
}

export interface Remote {
  readonly url: string;
  readonly arguments: readonly string[];
  readonly pushArguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly settings: readonly Setting[];
}

const host = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

/** Errors: `repository-unreachable` for an address or a login that is not one of those above. */
export function remoteOf(options: RemoteOptions): Remote {
  const { url } = options;
  if (isAbsolute(url)) return pathRemote(url);
  if (/^https:\/\//.test(url)) return httpsRemote(url, options.token);
  return sshRemote(url, options);
}

/** No hook, no checkout with its filters, nothing that a setting of the other end can have run. */
const receiving = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.alternateRefsCommand=true',
  'receive.denyCurrentBranch=refuse',
  'receive.denyNonFastForwards=true',
  'receive.autogc=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'transfer.fsckObjects=true',
].map((setting) => `-c ${setting}`);

function pathRemote(path: string): Remote {
  const owned = [path, `${path}/.git`].map((folder) => `-c ${quote(`safe.directory=${folder}`)}`);
  return {
    url: path,
    // Somebody else may own it. The other end reads its own settings only.
    arguments: [`--upload-pack=git ${owned.join(' ')} upload-pack`],
    // Here the other end is a program of ours, under our user: whatever its settings name would run with the keep's rights.
    pushArguments: [`--receive-pack=git ${[...owned, ...receiving].join(' ')} receive-pack`],
    env: { GIT_ALLOW_PROTOCOL: 'file' },
    settings: [],
  };
}

function httpsRemote(text: string, token: Secret | undefined): Remote {
  const url = URL.parse(text);
  if (url === null || url.password !== '' || !/^[\x21-\x7e]+$/.test(text)) throw unusable('its address is malformed');
  const login = Buffer.from(`${url.username || 'git'}:${token?.reveal() ?? ''}`).toString('base64');
  url.username = '';
  return {
    url: url.href,
    arguments: [],
    pushArguments: [],
    env: { GIT_ALLOW_PROTOCOL: 'https' },
    settings: token === undefined ? [] : [[`http.${url.origin}/.extraHeader`, `Authorization: Basic ${login}`]],
  };
}

function sshRemote(text: string, { sshKeyFile, knownHostsFile }: RemoteOptions): Remote {
  const url = URL.parse(text);
  const [, , shortHost = ''] = /^(?:([a-z0-9_][a-z0-9_.-]*)@)?([^:/@]+):(?!-|\/\/)[^:]+$/i.exec(text) ?? [];
  const named = url?.protocol === 'ssh:' ? url.hostname : shortHost;
  const user = url?.protocol === 'ssh:' ? url.username : '';
  if (!host.test(named) || user.startsWith('-') || url?.password || !/^[\x21-\x7e]+$/.test(text)) {
    throw unusable('its address is neither https, nor ssh, nor an absolute path');
  }
  if (sshKeyFile === undefined || knownHostsFile === undefined) {
    throw unusable('over ssh it needs a key file and a known_hosts file');
  }
  const wishes = {
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHostsFile,
    GlobalKnownHostsFile: '/dev/null',
    ForwardAgent: 'no',
    ClearAllForwardings: 'yes',
    ConnectTimeout: '20',
  };
  const command = ['ssh', '-F', '/dev/null', '-i', sshKeyFile];
  for (const [name, value] of Object.entries(wishes)) command.push('-o', `${name}=${value}`);
  return {
    url: text,
    arguments: [],
    pushArguments: [],
    env: {
      GIT_ALLOW_PROTOCOL: 'ssh',
      GIT_SSH_VARIANT: 'ssh',
      // A shell takes it apart.
      GIT_SSH_COMMAND: command.map(quote).join(' '),
    },
    settings: [],
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function unusable(why: string): Error {
  return gitError('repository-unreachable', {
    message: `the infra repository cannot be fetched: ${why}`,
    next: 'correct `repository` in keep.yaml, or `incident.repository` in castellan.yaml; a password never stands in its url',
  });
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/could not resolve host/i, 'its name is not known to DNS'],
  [/host key verification failed|no .* host key is known/i, 'its host key is not in known_hosts'],
  [
    /permission denied \(|authentication failed|could not read (username|password)|error: 40[13]/i,
    'it refuses the login',
  ],
  [/does not (exist|appear to be a git repository)|not found|error: 404/i, 'there is no repository at that address'],
  [/error: 30\d|unable to update url base from redirection/i, 'it redirects elsewhere, which is not followed'],
  [/connection (refused|timed out)|failed to connect|no route to host/i, 'nothing answers at that address'],
  [/certificate/i, 'its certificate is not trusted'],
  [/fsck error|invalid .*object|bad object/i, 'it holds objects that are malformed'],
  [/dubious ownership/i, 'it belongs to another user'],
];

/** Why a fetch failed, as far as it is one of the usual reasons. */
export function reasonOf(stderr: string): string {
  return reasons.find(([sign]) => sign.test(stderr))?.[1] ?? 'git could not fetch it';
}
