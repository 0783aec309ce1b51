/**
 * Three stacks that make their objects by the typed resources of the kubernetes provider and by releases of Helm, which the sample
 * homelab of the lab has none of. Text by path; every name is invented.
 */
export const typedHomelab: Readonly<Record<string, string>> = {
  'root.hcl': 'remote_state {\n  backend = "local"\n  config  = {}\n}\n',

  'stacks/notes/terragrunt.hcl':
    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n\ninputs = {\n  log_level = "info"\n}\n',
  'stacks/notes/main.tf': `variable "log_level" {
  type    = string
  default = "warn"
}

variable "admin_password" {
  type      = string
  sensitive = true
}

locals {
  labels = { app = "notes", tier = "apps" }
  settings = {
    NOTES_PORT = "8080"
    NOTES_ZONE = "Etc/UTC"
  }
}

resource "kubernetes_namespace" "notes" {
  metadata {
    name   = "notes"
    labels = { "example.net/backup" = "daily" }
  }
}

resource "kubernetes_config_map_v1" "notes" {
  metadata {
    name      = "notes-config"
    namespace = "notes"
  }
  data = {
    "notes.ini" = "theme = plain"
    retention   = 30
  }
}

resource "kubernetes_secret_v1" "notes" {
  metadata {
    name      = "notes-admin"
    namespace = "notes"
  }
  data = { password = var.admin_password }
}

resource "kubernetes_deployment_v1" "notes" {
  metadata {
    name      = "notes"
    namespace = "notes"
    labels    = local.labels
  }
  spec {
    replicas = "2"
    selector {
      match_labels = { app = "notes" }
    }
    strategy {
      type = "RollingUpdate"
      rolling_update {
        max_surge       = "25%"
        max_unavailable = "1"
      }
    }
    template {
      metadata {
        labels      = local.labels
        annotations = { "example.net/team" = "writers" }
      }
      spec {
        image_pull_secrets {
          name = "registry"
        }
        init_container {
          name  = "migrate"
          image = "registry.example.net/notes-migrate:1.4.0"
        }
        container {
          name  = "notes"
          image = "registry.example.net/notes:1.4.0"
          port {
            name           = "http"
            container_port = 8080
          }
          env {
            name  = "LOG_LEVEL"
            value = var.log_level
          }
          env {
            name = "ADMIN_PASSWORD"
            value_from {
              secret_key_ref {
                name = kubernetes_secret_v1.notes.metadata[0].name
                key  = "password"
              }
            }
          }
          dynamic "env" {
            for_each = local.settings
            content {
              name  = env.key
              value = env.value
            }
          }
          resources {
            requests = { cpu = "50m", memory = "64Mi" }
            limits   = { memory = "256Mi" }
          }
          readiness_probe {
            period_seconds = 10
            http_get {
              path = "/ready"
              port = "8080"
            }
          }
          volume_mount {
            name       = "config"
            mount_path = "/etc/notes"
            read_only  = true
          }
        }
        toleration {
          key      = "example.net/slow"
          operator = "Exists"
        }
        volume {
          name = "config"
          config_map {
            name         = kubernetes_config_map_v1.notes.metadata[0].name
            default_mode = "0440"
          }
        }
      }
    }
  }
  lifecycle {
    ignore_changes = [
      spec[0].template[0].metadata[0].annotations["example.net/restarted-at"],
    ]
  }
}

resource "kubernetes_service_v1" "notes" {
  metadata {
    name      = "notes"
    namespace = "notes"
  }
  spec {
    type     = "ClusterIP"
    selector = { app = "notes" }
    port {
      name        = "http"
      port        = 80
      target_port = "8080"
    }
  }
}
`,

  'stacks/gateway/main.tf': `resource "helm_release" "gateway" {
  name       = "gateway"
  namespace  = "gateway"
  repository = "https://charts.example.net"
  chart      = "gateway"
  version    = "4.2.0"

  values = [
    yamlencode({
      replicaCount = 2
      image        = { repository = "registry.example.net/gateway", tag = "4.2.0" }
      resources    = { limits = { memory = "128Mi" } }
    }),
    <<-EOT
      resources:
        requests:
          cpu: 25m
      service:
        annotations:
          example.net/pool: outer
    EOT
  ]

  set {
    name  = "image.tag"
    value = "4.2.1"
  }
  set {
    name  = "service.annotations.example\\\\.net/zone"
    value = "north"
    type  = "string"
  }
  set {
    name  = "extraArgs[0].level"
    value = "3"
  }
  set_sensitive {
    name  = "admin.token"
    value = data.vault_kv_secret_v2.gateway.data["token"]
  }
}

resource "helm_release" "mail" {
  name      = "mail"
  namespace = "mail"
  chart     = "oci://registry.example.net/charts/mail"
  values    = [file("\${path.module}/mail-values.yaml")]
  set = [
    { name = "queue.workers", value = "4" },
  ]
}

data "vault_kv_secret_v2" "gateway" {
  mount = "kv"
  name  = "gateway"
}
`,
  'stacks/gateway/mail-values.yaml': `# What the mail server is given.
replicaCount: 1
hostname: "mail.example.net"
queue:
  workers: 2
  retry: 30s
persistence:
  size: 10Gi
`,

  'stacks/stores/main.tf': `module "store" {
  source   = "../../modules/store"
  for_each = {
    orders = { replicas = 3, size = "20Gi" }
    events = { replicas = 1, size = "5Gi" }
  }
  name     = each.key
  replicas = each.value.replicas
  size     = each.value.size
}
`,
  'modules/store/main.tf': `variable "name" { type = string }
variable "replicas" { type = number }
variable "size" { type = string }

variable "image" {
  type    = string
  default = "registry.example.net/store:9.1"
}

resource "kubernetes_stateful_set_v1" "store" {
  metadata {
    name      = "store-\${var.name}"
    namespace = "stores"
  }
  spec {
    service_name = "store-\${var.name}"
    replicas     = var.replicas
    selector {
      match_labels = { store = var.name }
    }
    update_strategy {
      type = "RollingUpdate"
      rolling_update {
        partition = 0
      }
    }
    template {
      metadata {
        labels = { store = var.name }
      }
      spec {
        container {
          name  = "store"
          image = var.image
        }
      }
    }
    volume_claim_template {
      metadata {
        name = "data"
      }
      spec {
        access_modes = ["ReadWriteOnce"]
        resources {
          requests = { storage = var.size }
        }
      }
    }
  }
}
`,
};
