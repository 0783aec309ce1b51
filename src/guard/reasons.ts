import type { Finding, Kind } from './finding.ts';
import { sameAs } from './programs.ts';

const routes = {
  change:
    'Edit the source instead: field_owner tells the file and line a live field stands at and the diff of a new value, terragrunt_plan what a diff would do, change_propose proposes it. A human signs the plan before anything is applied.',
  terraform:
    'terragrunt_plan shows what an edit would do, change_propose proposes it; it is applied after a human signed that plan. State is repaired by a human.',
  database:
    'Schema and data are changed by a migration in the source (change_propose), or by a human. SELECT, SHOW, EXPLAIN and \\d pass, written out with -c.',
  reach:
    'Look from outside: kubectl_logs, kubectl_describe, kubectl_events, cluster_health. What needs a shell or a port in the cluster is for a human.',
  secret:
    'No value of a secret is shown: vault_describe and vault_search tell name and age, vault_compare whether two are one, secret_request asks a human. kubectl_describe and field_owner tell the rest.',
  vault:
    'vault_describe tells what is there; secret_request asks a human to write, rotate or issue it. Policies and mounts are source: change_propose.',
  unknown:
    'Write the command out, without variables or substitutions in the place of its verb; what only reads then passes.',
};
const because: Readonly<Record<Kind, string>> = {
  mutation: 'changes the homelab past the human gate',
  reach: 'reaches into the cluster',
  secret: 'shows secrets',
  unknown: 'may be a change: what it does cannot be known from the text',
};

function routeOf({ kind, program }: Finding): string {
  const known = sameAs.get(program) ?? program;
  if (kind === 'secret') return routes.secret;
  if (kind === 'reach') return routes.reach;
  if (known === 'psql') return routes.database;
  if (kind === 'unknown') return routes.unknown;
  if (known === 'vault') return routes.vault;
  return known === 'terraform' || known === 'terragrunt' ? routes.terraform : routes.change;
}

/** Only words that cannot be a secret's value, or words with another meaning to who reads them. */
function plainWords(words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && /^[A-Za-z0-9._/: -]{1,60}$/.test(word)).join(' ');
}

/** One line: what is denied, why, and the legal way. */
export function reasonFor([first, ...others]: readonly [Finding, ...Finding[]], commands: number): string {
  const name = plainWords([first.program, first.verb, ...(first.targets ?? [])]);
  const place = commands > 1 ? ` (command ${first.place} of ${commands})` : '';
  const shown = first.what === undefined ? because[first.kind] : `reads ${first.what}`;
  const more = others.length > 0 ? ` ${others.length} more of the line would be denied too.` : '';
  return `Castellan denies \`${name}\`${place}: it ${shown}.${more} ${routeOf(first)} Nothing of the line was run.`;
}
