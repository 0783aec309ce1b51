# With what Castellan's daemon seals sensitive memories, where castellan.yaml says `memory: { sensitive: { kind: transit, … } }`: it
# encrypts by one key and cannot open again what it closed. A token of its own, apart from the daemon's other:
#
#   vault secrets enable transit
#   vault write -f transit/keys/castellan-memories
#   vault policy write castellan-memories castellan-memories.hcl
#   vault token create -orphan -no-default-policy -policy=castellan-memories -period=24h
#
# or a role: roles.tf. Another mount or key stands in castellan.yaml and in the first path here.
#
# A human opens one with a login of their own that may `update` transit/decrypt/castellan-memories:
#
#   memory-tool export --format jsonl --to - | jq -r 'select(.id == 12).cipher' | base64 -d |
#     vault write -field=plaintext transit/decrypt/castellan-memories ciphertext=- | base64 -d

# `update` alone: with `create` a key that is missing would be made.
path "transit/encrypt/castellan-memories" {
  capabilities = ["update"]
}

# Its own token: look at it, keep it alive, give it back.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}

# A denial outweighs what another policy on the same token grants.
path "transit/decrypt/*" {
  capabilities = ["deny"]
}
path "transit/export/*" {
  capabilities = ["deny"]
}
