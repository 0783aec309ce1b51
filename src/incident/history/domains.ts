/** What triage calls a domain, in the words reports are told in: a hint, and no more. */
const words: Readonly<Record<string, RegExp>> = {
  storage: /\b(volumes?|disks?|nfs|iscsi|pvcs?|claims?|storage|filesystem|inodes?|csi|snapshots?)\b/,
  database: /\b(databases?|postgres|mysql|mariadb|sql|replication|primary|connections? pool|wal|redis)\b/,
  networking:
    /\b(dns|resolver|network|ingress|proxy|tunnel|route[sd]?|mtu|vlan|load ?balancer|firewall|tls|certificates?)\b/,
  auth: /\b(login|sign-?on|oidc|oauth|authentication|identity|tokens?|sessions?|forward-?auth)\b/,
  compute: /\b(nodes?|memory|oom\w*|cpu|kernel|kubelet|gpu|reboots?|evict\w*)\b/,
  deploy: /\b(deploy\w*|rollouts?|images?|upgrades?|helm|terraform|releases?|registry|tags?)\b/,
};

export function domainsIn(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase().slice(0, 4_000);
  return new Set(Object.entries(words).flatMap(([domain, pattern]) => (pattern.test(lower) ? [domain] : [])));
}
