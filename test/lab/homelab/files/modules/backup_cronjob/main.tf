# Copies one claim to the backup host every night.
variable "name" { type = string }
variable "namespace" { type = string }
variable "claim" { type = string }
variable "schedule" { type = string }
variable "suspend" {
  type    = bool
  default = false
}

resource "kubectl_manifest" "cronjob" {
  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "batch/v1"
    kind       = "CronJob"
    metadata = {
      name      = var.name
      namespace = var.namespace
      labels    = { "castellan.example/backup-of" = var.claim }
    }
    spec = {
      schedule                = var.schedule
      suspend                 = var.suspend
      concurrencyPolicy       = "Forbid"
      startingDeadlineSeconds = 60
      jobTemplate = {
        spec = {
          template = {
            spec = {
              restartPolicy = "Never"
              containers = [{
                name      = "backup"
                image     = "registry.example.net/tools/backup:2.4.1"
                args      = ["--from=/data", "--to=sftp://backup.example.net/${var.namespace}/${var.claim}"]
                resources = { requests = { cpu = "10m", memory = "64Mi" }, limits = { memory = "64Mi" } }
              }]
            }
          }
        }
      }
    }
  })
}
