# What the fingerprinter may: read values, which nobody else of Castellan can, and nothing but read. It runs under a user of its
# own, speaks to the keep alone, and what leaves it are fingerprints.
#
#   vault policy write castellan-fingerprinter castellan-fingerprinter.hcl
#   vault token create -orphan -no-default-policy -policy=castellan-fingerprinter -period=24h
#
# or a role that only its own machine or account can log in with: roles.tf. A plus stands for one segment: an engine mounted
# deeper needs its own lines, and `castellan vault policy fingerprinter --mount team/secret` writes them.

# Key-value engines, version 2: every retained version's values, so that old ones that are still about are masked too.
path "+/data/*" {
  capabilities = ["read"]
}

# What changed, so that only that is read again.
path "+/metadata/*" {
  capabilities = ["list", "read"]
}
path "+/subkeys/*" {
  capabilities = ["read"]
}

# Passwords that Vault rotates for databases.
path "+/static-roles" {
  capabilities = ["list"]
}
path "+/static-roles/*" {
  capabilities = ["read"]
}
path "+/static-creds/*" {
  capabilities = ["read"]
}

# Which engines there are.
path "sys/mounts" {
  capabilities = ["read"]
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

# What not even the fingerprinter reads: it is not masked where it turns up, and `castellan redaction` says so. A path and what
# lies below it are two lines, since the first does not cover the second.
#
# path "secret/data/breakglass" {
#   capabilities = ["deny"]
# }
# path "secret/data/breakglass/*" {
#   capabilities = ["deny"]
# }
