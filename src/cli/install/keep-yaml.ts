import { agentsGroup, paths } from './layout.ts';

/** What was answered or given by flags. */
export interface Answers {
  readonly repository: string | undefined;
  readonly branch: string;
  readonly trustedBase: string | undefined;
  readonly stacks: string;
  readonly profile: 'terragrunt' | 'terraform' | 'tofu';
  /** Absolute paths of programs that were found. */
  readonly programs: ReadonlyMap<string, string>;
}

/** A commented keep.yaml. What was not answered stays empty: the keep then says what is missing, and does not start. */
export function keepYaml({ repository, branch, trustedBase, stacks, profile, programs }: Answers): string {
  return `# keep.yaml: what the keep may plan and apply, with what, and where humans sign. Only root may write it; no environment variable changes it.
# No secret stands in it: secrets are files, in ${paths.credentials}.

stateDirectory: ${paths.state}
workDirectory: ${paths.work} # must be in memory
directories:
  agents: ${paths.agents} # for members of ${agentsGroup}
  humans: ${paths.humans}
  freeze: ${paths.freeze} # whoever puts a file here stops everything (castellan freeze)

repository:
  url:${value(repository)} # https://…, ssh://…, git@host:path, or an absolute path outside of homes
  branch: ${text(branch)}
  # The commit you have read and trust: what is planned is compared with it. Later ones land, or are adopted on the keep's page
  trustedBase:${value(trustedBase)} # git rev-parse HEAD
  # sshKeyFile: ${paths.credentials}/deploy-key # reads only
  # knownHostsFile: ${paths.config}/known_hosts
  # tokenFrom: ${paths.credentials}/repository-token
  # push: { sshKeyFile: ${paths.credentials}/deploy-key-write } # lands what was applied; without it nothing is applied

edit:
  stacks: [${text(stacks)}]
  # Everything else (.hcl, scripts, modules, lock files, CI …) waits for a human's consent
  agentMayEdit: [${text(`${stacks}/*.tf`)}, ${text(`${stacks}/**/*.tf`)}]
  never: [] # what can never be changed through Castellan: the stack of the keep itself, of Vault …
  modules: [modules]
  providers: [] # those that may be used: hashicorp/kubernetes, gavinbunney/kubectl …

# The first whose stacks match plans a stack.
profiles:
  - name: ${profile}
    stacks: [${text(stacks)}]
    tier: '1'
${runnerLines(profile, programs)}
    state: { kind: none }
    # state: { kind: pg, connectionFrom: ${paths.credentials}/state-reader } # a role that may only select
    # state: { kind: sops, encrypted: state/{name}.tfstate.enc, plain: state/{name}.tfstate, sops: ${programs.get('sops') ?? '/usr/local/bin/sops'}, ageKeyFile: ${paths.credentials}/age-key }
    providerMirror: ${paths.mirror} # filled by: terraform providers mirror ${paths.mirror}
    credentials: {} # read-only ones, by variable: { VAULT_TOKEN: ${paths.credentials}/vault-reader }
    # kubernetes: { kubeconfig: ${paths.credentials}/planner.kubeconfig } # an account that may only read
    endpoints: [] # addresses a plan may reach: { host: vault.example.net, port: 443, to: { host: 192.0.2.10, port: 443 } }
    skip: [] # { stack: stacks/lab, why: a scaffold }
    # What an apply gets in place of the above; without it nothing of these stacks is applied.
    # apply:
    #   kubernetes: { kubeconfig: ${paths.credentials}/applier.kubeconfig }
    #   connectionFrom: ${paths.credentials}/state-writer
    #   credentials: { VAULT_TOKEN: ${paths.credentials}/vault-writer }

# Hosts, volumes and backups that a change reaches are looked up here; without it they are unknown.
# kubernetes: { kubeconfig: ${paths.credentials}/reader.kubeconfig }

# What a human signs for: reveals, writes, short kubeconfigs; and the process that knows values, so that they are masked.
# vault:
#   address: https://vault.example.net
#   # A token with both policies: castellan vault policy requests, castellan vault policy requests-write
#   auth: { kind: token-file, file: ${paths.credentials}/vault-token }
#   # auth: { kind: approle, roleIdFile: ${paths.credentials}/role-id, secretIdFile: ${paths.credentials}/secret-id }
#   # kubernetesMount: kubernetes # lends kubeconfigs
#   fingerprinter: { socket: ${paths.fingerprinterRuntime}/fingerprinter.sock }

drift: {} # at: '03:30' plans every stack each night, for drift_report

# Where humans look and sign. Decide before the first passkey: another host makes every passkey useless.
console: { origin: http://castellan.localhost:8790, port: 8790 } # or https://keep.example.net, behind a proxy that speaks TLS
approval: { hours: 24, twoPeople: [] } # twoPeople: [critical] asks for two signatures
expect: {} # { prometheus: http://192.0.2.20:9090, alertmanager: http://192.0.2.20:9093, probes: [https://mail.example.net/] }
notify: {} # { ntfy: https://ntfy.example.net/castellan }: an id and a link, nothing more
`;
}

function runnerLines(profile: Answers['profile'], programs: ReadonlyMap<string, string>): string {
  const path = (name: string): string => text(programs.get(name) ?? `/usr/local/bin/${name}`);
  if (profile !== 'terragrunt') return `    runner: { kind: ${profile}, program: ${path(profile)} }`;
  const engine = !programs.has('terraform') && programs.has('tofu') ? 'tofu' : 'terraform';
  return `    runner: { kind: terragrunt, program: ${path('terragrunt')}, engine: ${path(engine)}, engineKind: ${engine} }`;
}

function value(given: string | undefined): string {
  return given === undefined ? '' : ` ${text(given)}`;
}

/** A JSON string is YAML, and no line break leaves it. */
function text(given: string): string {
  return JSON.stringify(given);
}
