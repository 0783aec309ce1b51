# A namespace, the defaults of its tier, and the room it has.
variable "name" { type = string }
variable "tier" {
  type        = string
  description = "core, cluster or apps: says how much one container may take unless it asks for more"
}
variable "memory_quota" {
  type        = string
  default     = null
  description = "the memory all pods together may request; none where this is not set"
}

locals {
  default_memory = { core = "256Mi", cluster = "256Mi", apps = "128Mi" }[var.tier]
}

resource "kubectl_manifest" "namespace" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "Namespace"
    metadata = {
      name   = var.name
      labels = { "castellan.example/tier" = var.tier, "app.kubernetes.io/managed-by" = "terraform" }
    }
  })
}

resource "kubectl_manifest" "limits" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "LimitRange"
    metadata   = { name = "tier-defaults", namespace = var.name }
    spec = {
      limits = [{
        type           = "Container"
        default        = { memory = local.default_memory }
        defaultRequest = { cpu = "10m", memory = local.default_memory }
      }]
    }
  })
  depends_on = [kubectl_manifest.namespace]
}

resource "kubectl_manifest" "quota" {
  count             = var.memory_quota == null ? 0 : 1
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ResourceQuota"
    metadata   = { name = "memory", namespace = var.name }
    spec       = { hard = { "requests.memory" = var.memory_quota } }
  })
  depends_on = [kubectl_manifest.namespace]
}

output "name" {
  value      = var.name
  depends_on = [kubectl_manifest.limits, kubectl_manifest.quota]
}
