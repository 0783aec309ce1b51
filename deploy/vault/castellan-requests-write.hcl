# Beside castellan-requests.hcl: what the token of one write may, and all it may. It cannot read, delete, destroy or undelete, and
# changes no setting of an engine. That nothing is written over a version nobody has seen (check-and-set) is what the keep asks
# for with every write; to have Vault insist on it for everybody: vault write secret/config cas_required=true
path "+/data/*" {
  capabilities = ["create", "patch", "update"]
}
