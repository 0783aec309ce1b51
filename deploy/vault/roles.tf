# The policies of this folder and a role for each process that has one. Take the auth method you use, AppRole on a host or
# Kubernetes in the cluster, and delete the other. No token below has the default policy, none can be renewed past its role, and
# each role is for one process: a role of two policies would undo what keeps them apart.
#
# With the CLI instead of Terraform each of these is a `vault write`, with the same names and values:
#   vault write auth/approle/role/castellan token_policies=castellan-metadata token_no_default_policy=true token_period=24h

locals {
  castellan_policies = [
    "castellan-metadata",
    "castellan-kubernetes-reader",
    "castellan-fingerprinter",
    "castellan-requests",
    "castellan-requests-write",
    "castellan-memories",
  ]

  # By process: what it logs in with. The daemon's is the one agents are nearest to.
  castellan_roles = {
    castellan = {
      policies        = ["castellan-metadata", "castellan-kubernetes-reader"]
      namespace       = "castellan"
      service_account = "castellan"
    }
    # The daemon's second token, where it seals memories; nothing of the first is on it.
    castellan-memories = {
      policies        = ["castellan-memories"]
      namespace       = "castellan"
      service_account = "castellan"
    }
    castellan-fingerprinter = {
      policies        = ["castellan-fingerprinter"]
      namespace       = "castellan-keep"
      service_account = "castellan-fingerprinter"
    }
    castellan-keep = {
      policies        = ["castellan-requests", "castellan-requests-write"]
      namespace       = "castellan-keep"
      service_account = "castellan-keep"
    }
  }
}

resource "vault_policy" "castellan" {
  for_each = toset(local.castellan_policies)

  name   = each.key
  policy = file("${path.module}/${each.key}.hcl")
}

# On a host: the secret id is bound to the machine's address, and handed over as a file of the process' own user, mode 0400.
resource "vault_approle_auth_backend_role" "castellan" {
  for_each = local.castellan_roles

  backend                 = "approle"
  role_name               = each.key
  token_policies          = each.value.policies
  token_no_default_policy = true
  token_period            = 86400
  token_bound_cidrs       = ["192.0.2.10/32"]
  secret_id_bound_cidrs   = ["192.0.2.10/32"]
}

# In the cluster: only this account of this namespace, with a token that was made for Vault.
resource "vault_kubernetes_auth_backend_role" "castellan" {
  for_each = local.castellan_roles

  backend                          = "kubernetes"
  role_name                        = each.key
  bound_service_account_names      = [each.value.service_account]
  bound_service_account_namespaces = [each.value.namespace]
  audience                         = "vault"
  token_policies                   = each.value.policies
  token_no_default_policy          = true
  token_period                     = 86400
}

# What the daemon looks at the cluster with, where Vault lends it.
resource "vault_kubernetes_secret_backend_role" "castellan_reader" {
  backend                       = "kubernetes"
  name                          = "castellan-reader"
  service_account_name          = "castellan"
  allowed_kubernetes_namespaces = ["castellan"]
  token_default_ttl             = 900
  token_max_ttl                 = 3600
}

# What a human can be lent: a short account with the rights of a role that is there. Never one that may everything.
resource "vault_kubernetes_secret_backend_role" "castellan_lent" {
  backend                       = "kubernetes"
  name                          = "castellan-lent"
  kubernetes_role_name          = "view"
  kubernetes_role_type          = "ClusterRole"
  allowed_kubernetes_namespaces = ["*"]
  token_default_ttl             = 900
  token_max_ttl                 = 14400
}
