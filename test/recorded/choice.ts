import { z } from 'zod';

/**
 * Which of the lab's objects are recorded: some apps whole (their pods, owners, services, claims, routes, metrics and events),
 * so that what belongs together can be joined, then others of each kind until there are enough of it.
 */
const mostApps = 20;
const mostOfAKind = 20;
/** Every app has many. */
const mostEvents = 40;

export const item = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type Item = z.infer<typeof item>;

export interface Listed {
  readonly path: string;
  readonly resource: string;
  readonly items: readonly Item[];
}

/** `concealed` says whether an object holds a planted secret. */
export function choose(
  lists: readonly Listed[],
  concealed: (text: string) => boolean,
): (list: Listed) => readonly Item[] {
  const own = lists.map((list) => ({ ...list, items: list.items.filter(homelabs) }));
  const names = appNames(own.flatMap(({ items }) => items));
  const ranks = new Map<string, number>();
  for (const { resource, items } of own) {
    if (everywhere.has(resource)) continue;
    for (const one of items) {
      const app = appOf(one, names);
      if (app !== undefined)
        ranks.set(app, Math.min(ranks.get(app) ?? Number.POSITIVE_INFINITY, rankOf(one, concealed)));
    }
  }
  const apps = new Set(
    [...ranks]
      .sort(([, a], [, b]) => a - b)
      .slice(0, mostApps)
      .map(([app]) => app),
  );
  return ({ resource, items }) => {
    const kept = items.filter(homelabs).sort((a, b) => rankOf(a, concealed) - rankOf(b, concealed));
    const whole = kept.filter((one) => apps.has(appOf(one, names) ?? ''));
    const others = kept.filter((one) => appOf(one, names) === undefined);
    if (resource === 'events') return whole.slice(0, mostEvents);
    return [...whole, ...others.slice(0, Math.max(0, mostOfAKind - whole.length))];
  };
}

function homelabs({ metadata }: Item): boolean {
  const own = !/^kube-|^system:|^castellan/.test(metadata.namespace ?? metadata.name);
  return own && metadata.name !== 'kube-root-ca.crt' && metadata.namespace !== 'default';
}

/** Every app has these, so they say nothing about it. */
const everywhere: ReadonlySet<string> = new Set(['events', 'secrets']);

const trouble = /"type":"(?:Ready|PodScheduled)"[^}]*"status":"False"|"phase":"Failed"|"suspend":true|"type":"Warning"/;

/** What is in trouble first, then what goes or holds a planted secret, then the homelab's own. */
function rankOf(one: Item, concealed: (text: string) => boolean): number {
  const text = JSON.stringify(one);
  if (trouble.test(text)) return 0;
  if (text.includes('"deletionTimestamp"') || concealed(text)) return 1;
  return text.includes('"app.kubernetes.io/managed-by":"terraform"') ? 2 : 3;
}

/** The names of apps, by namespace. */
function appNames(items: readonly Item[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { metadata } of items) {
    const app = metadata.labels?.['app.kubernetes.io/name'];
    const namespace = metadata.namespace ?? '';
    if (app !== undefined) names.set(namespace, (names.get(namespace) ?? new Set()).add(app));
  }
  return names;
}

/** By its label, else by its name (or that of what an event is about), which begins with the app's. */
function appOf(one: Item, names: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const { metadata } = one;
  const namespace = metadata.namespace ?? '';
  const label = metadata.labels?.['app.kubernetes.io/name'];
  if (label !== undefined) return `${namespace}/${label}`;
  const name = involved.parse(one).involvedObject?.name ?? metadata.name;
  const app = [...(names.get(namespace) ?? [])].find((known) => name === known || name.startsWith(`${known}-`));
  return app === undefined ? undefined : `${namespace}/${app}`;
}

const involved = z.looseObject({ involvedObject: z.looseObject({ name: z.string() }).optional() });
