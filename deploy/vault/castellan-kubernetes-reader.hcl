# Beside castellan-metadata, where Vault's Kubernetes engine lends the daemon the token it looks at the cluster with: minted,
# renewed and revoked by the daemon itself. The role behind it must be one that only reads: the account of
# deploy/kubernetes/reader-role.yaml, and no other.
#
#   vault write kubernetes/roles/castellan-reader service_account_name=castellan \
#     allowed_kubernetes_namespaces=castellan token_default_ttl=15m token_max_ttl=1h
#
# Named in full: it outweighs the denial of creds in castellan-metadata, which stays for every other role. What the engine
# answers to is `update`; `read` would grant nothing.
path "kubernetes/creds/castellan-reader" {
  capabilities = ["create", "update"]
}

# Leases of this role alone, and only named as lease_id: the path of the request takes one too.
path "sys/leases/renew" {
  capabilities        = ["update"]
  required_parameters = ["lease_id"]
  allowed_parameters = {
    "lease_id"  = ["kubernetes/creds/castellan-reader/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities        = ["update"]
  required_parameters = ["lease_id"]
  allowed_parameters = {
    "lease_id" = ["kubernetes/creds/castellan-reader/*"]
    "sync"     = []
  }
}
