# What the keep may when a human has signed a request: reveal by a wrapped read, write a new version, lend a kubeconfig. It looks
# and it wraps; it writes only through castellan-requests-write.hcl, on a token of its own that lives a minute.
#
#   vault policy write castellan-requests castellan-requests.hcl
#   vault policy write castellan-requests-write castellan-requests-write.hcl
#   vault token create -orphan -no-default-policy -policy=castellan-requests -policy=castellan-requests-write -period=24h
#
# or a role: roles.tf. With both on one token the narrower rule holds for each path: such a token reads nothing unwrapped, and
# writes nothing unwrapped either; a job token that has only the second writes and reads nothing at all.
#
# A plus stands for one segment: an engine mounted deeper needs its own lines, and `castellan vault policy requests --mount
# team/secret --lend ROLE` writes them.

# A value is answered only inside a wrapping token, which opens once: that it was opened shows, by whomever.
path "+/data/*" {
  capabilities     = ["read"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "300s"
}
path "sys/wrapping/lookup" {
  capabilities = ["update"]
}
path "sys/wrapping/unwrap" {
  capabilities = ["update"]
}

# Which version a write replaces, and which keys there are.
path "+/metadata/*" {
  capabilities = ["list", "read"]
}
path "+/subkeys/*" {
  capabilities = ["read"]
}
path "sys/mounts" {
  capabilities = ["read"]
}

# Tokens for one piece of work: batch tokens, with policies of its own token and no others.
path "auth/token/create" {
  capabilities        = ["create", "update"]
  required_parameters = ["policies", "type"]
  allowed_parameters = {
    "type" = ["batch"]
    "*"    = []
  }
}

# Roles of the Kubernetes engine whose credentials may be lent to a human: one block for each, named in full. What the engine
# answers to is `update`; `read` would grant nothing.
path "kubernetes/creds/castellan-lent" {
  capabilities = ["create", "update"]
}

# Their leases alone, and only named as lease_id: the path of the request takes one too.
path "sys/leases/renew" {
  capabilities        = ["update"]
  required_parameters = ["lease_id"]
  allowed_parameters = {
    "lease_id"  = ["kubernetes/creds/castellan-lent/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities        = ["update"]
  required_parameters = ["lease_id"]
  allowed_parameters = {
    "lease_id" = ["kubernetes/creds/castellan-lent/*"]
    "sync"     = []
  }
}

# Its own token.
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

# What can neither be revealed nor written, whoever signs. A path and what lies below it are two lines, since the first does not
# cover the second. Put them into castellan-requests-write.hcl too.
#
# path "secret/data/breakglass" {
#   capabilities = ["deny"]
# }
# path "secret/data/breakglass/*" {
#   capabilities = ["deny"]
# }
