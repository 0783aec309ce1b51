# One app: a Deployment, its Service, and where it must stay up, a PodDisruptionBudget.
variable "name" { type = string }
variable "namespace" { type = string }
variable "image" { type = string }
variable "replicas" {
  type    = number
  default = 1
}
variable "memory" {
  type        = string
  description = "request and limit: what is asked for is what may be taken"
}
variable "env" {
  type    = map(string)
  default = {}
}
variable "secret_env" {
  type        = map(object({ secret = string, key = string }))
  default     = {}
  description = "environment variables whose value stands in a Secret"
}
variable "claim" {
  type    = string
  default = null
}
variable "pod_labels" {
  type    = map(string)
  default = {}
}
variable "min_available" {
  type    = number
  default = null
}

locals {
  labels = { "app.kubernetes.io/name" = var.name, "app.kubernetes.io/managed-by" = "terraform" }
  env = concat(
    [for name, value in var.env : { name = name, value = value }],
    [for name, from in var.secret_env : {
      name      = name
      valueFrom = { secretKeyRef = { name = from.secret, key = from.key } }
    }],
  )
}

resource "kubectl_manifest" "deployment" {
  server_side_apply = true
  wait_for_rollout  = false
  yaml_body = yamlencode({
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = var.name, namespace = var.namespace, labels = local.labels }
    spec = {
      replicas = var.replicas
      selector = { matchLabels = { "app.kubernetes.io/name" = var.name } }
      template = {
        metadata = { labels = merge(local.labels, var.pod_labels) }
        spec = merge({
          containers = [merge({
            name  = var.name
            image = var.image
            ports = [{ name = "http", containerPort = 8080 }]
            env   = local.env
            resources = {
              requests = { cpu = "10m", memory = var.memory }
              limits   = { memory = var.memory }
            }
            readinessProbe = { httpGet = { path = "/ready", port = "http" } }
          }, var.claim == null ? {} : { volumeMounts = [{ name = "data", mountPath = "/data" }] })]
        }, var.claim == null ? {} : { volumes = [{ name = "data", persistentVolumeClaim = { claimName = var.claim } }] })
      }
    }
  })
}

resource "kubectl_manifest" "service" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "Service"
    metadata   = { name = var.name, namespace = var.namespace, labels = local.labels }
    spec = {
      selector = { "app.kubernetes.io/name" = var.name }
      ports    = [{ name = "http", port = 80, targetPort = "http" }]
    }
  })
}

resource "kubectl_manifest" "disruption_budget" {
  count             = var.min_available == null ? 0 : 1
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "policy/v1"
    kind       = "PodDisruptionBudget"
    metadata   = { name = var.name, namespace = var.namespace }
    spec = {
      minAvailable = var.min_available
      selector     = { matchLabels = { "app.kubernetes.io/name" = var.name } }
    }
  })
}
