# The one way in from outside. Who asks must be logged in, unless `protected` says otherwise and a comment beside it says why.
variable "name" { type = string }
variable "namespace" { type = string }
variable "host" { type = string }
variable "service" { type = string }
variable "protected" {
  type    = bool
  default = true
}

locals {
  secret = "${var.name}-tls"
  middlewares = concat(
    [{ name = "rate-limit", namespace = var.namespace }],
    var.protected ? [{ name = "login", namespace = var.namespace }] : [],
  )
}

resource "kubectl_manifest" "route" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "traefik.io/v1alpha1"
    kind       = "IngressRoute"
    metadata   = { name = var.name, namespace = var.namespace }
    spec = {
      entryPoints = ["websecure"]
      routes = [{
        kind        = "Rule"
        match       = "Host(`${var.host}`)"
        middlewares = local.middlewares
        services    = [{ name = var.service, port = 80 }]
      }]
      tls = { secretName = local.secret }
    }
  })
}

resource "kubectl_manifest" "certificate" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "cert-manager.io/v1"
    kind       = "Certificate"
    metadata   = { name = var.name, namespace = var.namespace }
    spec = {
      secretName = local.secret
      dnsNames   = [var.host]
      issuerRef  = { kind = "ClusterIssuer", name = "internal" }
    }
  })
}
