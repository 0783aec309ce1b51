import { fingerprinterUser, paths } from './layout.ts';

/** A commented fingerprinter.yaml. Where Vault is stays empty: it says so, and does not start. */
export function fingerprinterYaml(): string {
  return `# fingerprinter.yaml: what the process that knows values reads, and with what. Only root may write it.
# No secret stands in it: secrets are files, in ${paths.fingerprinterCredentials}, which only ${fingerprinterUser} reads.

socket: ${paths.fingerprinterRuntime}/fingerprinter.sock
stateDirectory: ${paths.fingerprinterState}

vault:
  address: # https://vault.example.net
  # plainHttp: true # http to another host than this one, as inside a cluster
  # caFile: /etc/ssl/certs/vault-ca.pem
  # A token of its own, with this policy and no other: castellan vault policy fingerprinter
  auth: { kind: token-file, file: ${paths.fingerprinterCredentials}/vault-token }
  # auth: { kind: approle, roleIdFile: ${paths.fingerprinterCredentials}/role-id, secretIdFile: ${paths.fingerprinterCredentials}/secret-id }
  requiredPolicy: castellan-fingerprinter

# Compares Vault with Secrets of the cluster: the account of deploy/kubernetes/fingerprinter-role.yaml. Without it that is unknown.
# kubernetes: { kubeconfig: ${paths.fingerprinterCredentials}/kubeconfig }

# mounts: [secret] # default: every key-value engine its token sees
exclude: [] # never read, and so never masked: secret/breakglass, with all that lies below it
intervalSeconds: 15 # between two looks for new versions
`;
}
