/** How to reach a lab that is up. Every value is an absolute path unless said otherwise; a part that is left out has none. */
export interface LabEnv {
  /** The lab's name. */
  readonly name: string;
  /** The API server's address. */
  readonly server: string;
  readonly kubeconfig: Readonly<Record<Account, string>>;
  /** The context of each kubeconfig. */
  readonly context: Readonly<Record<Account, string>>;
  /** The API server's audit log: a JSON object a line. */
  readonly audit: string;
  /** A castellan.yaml wired to the lab. */
  readonly config: string;
  /** JSON: `[{ where, value }]`, secrets that must not appear in any answer. */
  readonly canaries: string;
  /** JSON: what was loaded (namespaces, apps, the object that shows each fault). */
  readonly sample: string;
  readonly kubectl: string;
  readonly vault?: VaultEnv;
  /** A second Vault: one raft node that can be sealed. */
  readonly vaultRaft?: VaultRaftEnv;
  readonly postgres?: PostgresEnv;
  /** Base addresses. */
  readonly prometheus?: string;
  readonly alertmanager?: string;
  readonly loki?: string;
  readonly oidc?: OidcEnv;
  /** The sample homelab's work tree, and the bare repository it is pushed to. */
  readonly homelab?: string;
  readonly remote?: string;
  /** JSON: the planted faults and what an answer must say of each. */
  readonly key?: string;
  readonly terraform?: TerraformEnv;
}

/** `admin` may everything; the others are the accounts of deploy/kubernetes. */
export type Account = 'admin' | 'castellan' | 'planner' | 'applier' | 'fingerprinter';

export interface VaultEnv {
  /** An address. */
  readonly addr: string;
  readonly rootTokenFile: string;
  /** The daemon's token: may list and read metadata, never data, and have its Kubernetes token lent. */
  readonly castellanTokenFile: string;
  /** The fingerprinter's: reads, and nothing else. */
  readonly fingerprinterTokenFile: string;
  /** The keep's: reads wrapped, makes tokens that write. */
  readonly requestsTokenFile: string;
  /** Its audit log: a JSON object a line, values hashed. */
  readonly audit: string;
}

export interface VaultRaftEnv {
  /** An address. */
  readonly addr: string;
  readonly caFile: string;
  readonly rootTokenFile: string;
  readonly castellanTokenFile: string;
  readonly fingerprinterTokenFile: string;
  readonly requestsTokenFile: string;
  /** One key opens it. */
  readonly unsealKeyFile: string;
}

/** Connection strings, with the passwords in them. */
export interface PostgresEnv {
  /** The superuser. */
  readonly admin: string;
  /** Castellan's own database, with pgvector in it; its owner. */
  readonly castellan: string;
  /** Where Terraform keeps the state of the stacks of the second tier. */
  readonly state: string;
  /** May read the same, and nothing more. */
  readonly planner: string;
  /** May write it, and make schemas. */
  readonly applier: string;
}

export interface OidcEnv {
  /** An address. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile: string;
  /** Who can log in; `login_hint` does it without the page. */
  readonly users: readonly { readonly login: string; readonly groups: readonly string[] }[];
}

export interface TerraformEnv {
  readonly terragrunt: string;
  readonly sops: string;
  readonly tofu: string;
  /** Only where the machine has it. */
  readonly terraform?: string;
  /** The CLI configuration that installs providers from the lab's mirror and nowhere else. */
  readonly cliConfig: string;
  /** The folder of that mirror. */
  readonly mirror: string;
  /** Opens the state of tier 0. */
  readonly ageKeyFile: string;
  /** Variables a run needs, as JSON: `{ NAME: value }`. Holds credentials. */
  readonly environmentFile: string;
}
