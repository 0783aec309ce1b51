import type { Config } from '../../config/index.ts';
import type { ConventionParameters } from '../../convention/rule.ts';
import type { Secret } from '../../kit/index.ts';
import type { VaultOptions } from '../../vault/port.ts';

/**
 * keep.yaml, proven. It and everything it names belong to root (or, under --seat-belt, to the keep's own user) and can be
 * written by nobody else; no environment variable changes any of it.
 */
export interface KeepConfig {
  readonly file: string;
  /** Journal, mirror, keys. Mode 0700. */
  readonly stateDirectory: string;
  /** Clones, plans, decrypted state. Must be tmpfs. */
  readonly workDirectory: string;
  /** keep.sock lies in `agents`, human.sock in `humans`; a file in `freeze` freezes. */
  readonly directories: { readonly agents: string; readonly humans: string; readonly freeze: string };
  readonly database: Config['database'];
  readonly repository: RepositoryConfig;
  readonly edit: EditConfig;
  /** The first whose `stacks` matches plans a stack; a stack that none matches is not planned. */
  readonly profiles: readonly Profile[];
  readonly sandbox: SandboxConfig;
  /** Read-only: hosts routed to workloads, volumes and their backups. Undefined: those are unknown. */
  readonly kubernetes: { readonly kubeconfig: string; readonly context: string | undefined } | undefined;
  readonly drift: { readonly at: string | undefined; readonly parallel: number };
  /** Parameters of conventions, by rule. */
  readonly conventions: ConventionParameters;
  readonly plansPerHour: number;
  readonly console: ConsoleConfig;
  readonly approval: {
    readonly hours: number;
    readonly minutes: number;
    readonly twoPeople: readonly ('medium' | 'high' | 'critical')[];
    readonly pending: number;
  };
  readonly notify: {
    readonly webhook: string | undefined;
    readonly ntfy: string | undefined;
    readonly slack: Secret | undefined;
  };
  readonly expect: {
    readonly prometheus: string | undefined;
    readonly alertmanager: string | undefined;
    /** Beginnings of addresses that may be probed. */
    readonly probes: readonly string[];
  };
  /** Undefined: nothing of secrets can be asked. */
  readonly vault: KeepVaultConfig | undefined;
}

export interface KeepVaultConfig extends VaultOptions {
  readonly kubernetesMount: string | undefined;
  readonly requestHours: number;
  readonly fingerprinter:
    | { readonly socket: string; readonly config: string | undefined; readonly uid: number | undefined }
    | undefined;
}

export interface ConsoleConfig {
  /** Exactly, with its port. */
  readonly origin: string;
  /** Of loopback. */
  readonly port: number;
}

export interface RepositoryConfig {
  /** https, ssh, or an absolute path. */
  readonly url: string;
  readonly branch: string;
  readonly sshKeyFile: string | undefined;
  readonly knownHostsFile: string | undefined;
  /** Sent as the password of an https remote. */
  readonly token: Secret | undefined;
  /** Undefined: nothing can be landed, so nothing is applied. */
  readonly push: { readonly sshKeyFile: string | undefined; readonly token: Secret | undefined } | undefined;
  /** The first trusted base; what approvers adopt and this keep lands comes after it. */
  readonly trustedBase: string;
}

export interface EditConfig {
  /** Globs of stacks (`stacks/*`). */
  readonly stacks: readonly string[];
  /** Globs of files an agent may touch without anybody's consent. */
  readonly agentMayEdit: readonly string[];
  /** Paths that cannot be changed through Castellan at all, whatever is consented. */
  readonly never: readonly string[];
  /** Folders of shared modules. */
  readonly modules: readonly string[];
  /** Provider addresses that may be used: `gavinbunney/kubectl`. */
  readonly providers: readonly string[];
}

export interface Profile {
  readonly name: string;
  /** Globs over the stack's folder. */
  readonly stacks: readonly string[];
  readonly tier: string;
  /** Stacks that are never planned, with the reason. */
  readonly skip: readonly { readonly stack: string; readonly why: string }[];
  readonly runner: Runner;
  readonly state: StateSource;
  /** Literal environment of every step. No credential may stand here; what looks like one is refused. */
  readonly env: Readonly<Record<string, string>>;
  /** Read-only credentials the providers need, by variable. They are inside the sandbox: nothing better than read-only. */
  readonly credentials: Readonly<Record<string, Secret>>;
  /** Paths in the repository that must be plain text, not git-crypt's ciphertext. */
  readonly varFiles: readonly string[];
  /** Folder of a filesystem mirror; no provider comes from anywhere else. */
  readonly providerMirror: string;
  /** The API server, reached through a proxy that holds the credential. */
  readonly kubernetes:
    | {
        readonly kubeconfig: string;
        readonly context: string | undefined;
        readonly variables: readonly string[];
        /** Lent for one plan, in place of what the user of the kubeconfig has. Never of the configuration. */
        readonly token?: Secret;
      }
    | undefined;
  /** What a plan is lent by Vault; undefined: nothing. */
  readonly vault?: LentToPlans | undefined;
  readonly endpoints: readonly Endpoint[];
  readonly charts: ChartMirror | undefined;
  readonly timeoutSeconds: number;
  /** Undefined: nothing of these stacks is applied. */
  readonly apply: ApplyProfile | undefined;
}

/** Minted just before a plan and given back right after it. An apply gets none of it. */
export interface LentToPlans {
  readonly kubernetes:
    | {
        readonly mount: string;
        readonly role: string;
        readonly namespace: string;
        readonly clusterWide: boolean;
        readonly minutes: number;
      }
    | undefined;
  /** By variable. */
  readonly credentials: Readonly<Record<string, { readonly path: string; readonly field: string }>>;
}

/** What an apply gets in place of what a plan has. */
export interface ApplyProfile {
  readonly kubernetes: { readonly kubeconfig: string; readonly context: string | undefined } | undefined;
  /** Of a role that writes the state. */
  readonly connection: Secret | undefined;
  readonly credentials: Readonly<Record<string, Secret>>;
  readonly timeoutSeconds: number;
}

export type Runner =
  | { readonly kind: 'terraform' | 'tofu'; readonly program: string }
  | {
      readonly kind: 'terragrunt';
      readonly program: string;
      readonly engine: string;
      readonly engineKind: 'terraform' | 'tofu';
    }
  /** The repository's own script, always taken from the trusted base; it gets `init …` or `plan …` as arguments. */
  | {
      readonly kind: 'wrapper';
      readonly script: string;
      readonly engine: string;
      readonly engineKind: 'terraform' | 'tofu';
      readonly terragrunt: string | undefined;
    };

export type StateSource =
  /** `connection` is a read-only role; it reaches the sandbox as PG_CONN_STR, with the address of the socket inside. */
  | { readonly kind: 'pg'; readonly connection: Secret }
  /** `{name}` stands for the last part of the stack's folder. Decrypted by sops into the work directory. */
  | {
      readonly kind: 'sops';
      readonly encrypted: string;
      readonly plain: string;
      readonly sops: string;
      readonly ageKeyFile: string;
    }
  | { readonly kind: 'none' };

/** One address a plan may reach, and nothing else of the network. */
export interface Endpoint {
  /** The name it has inside: entered in /etc/hosts. */
  readonly host: string;
  readonly port: number;
  /** Where it really is. */
  readonly to: { readonly host: string; readonly port: number };
}

export interface ChartMirror {
  /** `<directory>/<host>/<path>/index.yaml` and the archives beside it. */
  readonly directory: string;
  readonly charts: readonly {
    readonly repository: string;
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  }[];
}

export interface SandboxConfig {
  /** The user that plans run as when the keep is root; ignored otherwise. */
  readonly uid: number;
  readonly memoryMb: number;
  readonly processes: number;
  readonly fileMb: number;
}
