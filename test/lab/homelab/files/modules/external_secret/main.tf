# Copies keys of one Vault path into a Secret of the same name.
variable "name" { type = string }
variable "namespace" { type = string }
variable "path" { type = string }
variable "keys" { type = list(string) }

resource "kubectl_manifest" "external_secret" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "external-secrets.io/v1"
    kind       = "ExternalSecret"
    metadata   = { name = var.name, namespace = var.namespace }
    spec = {
      refreshInterval = "15m"
      secretStoreRef  = { kind = "ClusterSecretStore", name = "vault" }
      target          = { name = var.name }
      data            = [for key in var.keys : { secretKey = key, remoteRef = { key = var.path, property = key } }]
    }
  })
}

output "secret" {
  value = var.name
}
