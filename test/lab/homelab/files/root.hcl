# What every stack shares: where its state is, and which provider it talks to.
#
# Tier 0 is what the database and Vault themselves need: its state is a file, encrypted into git by sops. Everything else
# keeps its state in Postgres, one schema a stack.
locals {
  stack   = basename(get_terragrunt_dir())
  tier0   = ["databases", "dns", "ingress", "secrets"]
  is_tier0 = contains(local.tier0, local.stack)
  local_state = { path = "${get_repo_root()}/state/${local.stack}/terraform.tfstate" }
  pg_state    = { schema_name = replace(local.stack, "-", "_") }
}

remote_state {
  backend  = local.is_tier0 ? "local" : "pg"
  generate = { path = "backend.tf", if_exists = "overwrite_terragrunt" }
  # The two shapes differ, and both arms of a condition must not.
  config = jsondecode(local.is_tier0 ? jsonencode(local.local_state) : jsonencode(local.pg_state))
}

terraform {
  # The modules lie beside the stacks, so a run takes the whole repository with it.
  source = "${get_parent_terragrunt_dir()}//stacks/${local.stack}"

  # Whoever comes second waits for who was first.
  extra_arguments "wait_for_lock" {
    commands  = get_terraform_commands_that_need_locking()
    arguments = ["-lock-timeout=2m"]
  }

  extra_arguments "no_backup" {
    commands  = local.is_tier0 ? ["apply", "destroy"] : []
    arguments = ["-backup=-"]
  }
}

generate "providers" {
  path      = "providers.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOT
    variable "kube_config_path" {
      type        = string
      description = "The kubeconfig of whoever runs this: readers plan, the applier applies."
    }

    terraform {
      required_providers {
        kubectl = {
          source  = "gavinbunney/kubectl"
          version = "1.19.0"
        }
      }
    }

    provider "kubectl" {
      config_path = var.kube_config_path
    }
  EOT
}
