import type { Ingredient } from '../parts/part.ts';

/** What the homelab cannot do without. It is loaded when every part it needs is ready, and has no process of its own. */
export const homelab: Ingredient = {
  name: 'homelab',
  programs: ['git', 'age-keygen', 'sops', 'terragrunt', 'tofu', 'terraform-provider-kubectl'],
  needs: ['kwok', 'vault', 'postgres'],
};
