# What Castellan's daemon may see of Vault or OpenBao: that something exists, how it is called, when it changed and by which
# rules it is kept. Never a value. Nothing in the daemon is worth stealing, its token included.
#
# Give it to a periodic token made without the default policy, which grants more than looking (or to a role: roles.tf):
#
#   vault policy write castellan-metadata castellan-metadata.hcl
#   vault token create -orphan -no-default-policy -policy=castellan-metadata -period=24h
#
# Where Vault lends the daemon its Kubernetes token, give it castellan-kubernetes-reader.hcl as well.
#
# A plus stands for one segment: an engine mounted deeper, at team/secret, needs its own lines, and `castellan vault policy
# metadata --mount team/secret` writes them. Two things only you can see to:
# an engine of KV version 1 keeps values wherever somebody put them, also under metadata/, so where one is mounted write your
# version 2 mounts by name instead of the plus; and what people put into custom metadata is readable, so no secret belongs there.

# Key-value engines, version 2: paths, versions, times, custom metadata; and which keys a secret has, without their values.
path "+/metadata/*" {
  capabilities = ["list", "read"]
}
path "+/subkeys/*" {
  capabilities = ["read"]
}

# Databases: who rotates which user, and when that was last done.
path "+/static-roles" {
  capabilities = ["list"]
}
path "+/static-roles/*" {
  capabilities = ["read"]
}

# The shape of the server.
path "sys/mounts" {
  capabilities = ["read"]
}
path "sys/auth" {
  capabilities = ["read"]
}
path "sys/policies/acl" {
  capabilities = ["list"]
}
path "sys/policies/acl/*" {
  capabilities = ["read"]
}
path "sys/health" {
  capabilities = ["read"]
}
path "sys/leader" {
  capabilities = ["read"]
}
path "sys/ha-status" {
  capabilities = ["read"]
}
path "sys/storage/raft/autopilot/state" {
  capabilities = ["read"]
}

# Names of people, machines and groups.
path "identity/entity/name" {
  capabilities = ["list"]
}
path "identity/group/name" {
  capabilities = ["list"]
}

# Its own token: look at it, keep it alive, give it back, ask what it may do.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
path "sys/capabilities-self" {
  capabilities = ["update"]
}

# Granted nowhere above. A denial also outweighs what another policy on the same token grants for the same path.
path "+/data/*" {
  capabilities = ["deny"]
}
path "+/creds/*" {
  capabilities = ["deny"]
}
path "+/static-creds/*" {
  capabilities = ["deny"]
}
path "cubbyhole/*" {
  capabilities = ["deny"]
}
