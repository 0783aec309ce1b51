import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import { clusterError } from './errors.ts';
import { type Kind, kindId } from './kind.ts';
import type { Transport } from './transport/transport.ts';
import { nameText } from './words.ts';

/**
 * Which kinds the API server serves, in two requests (aggregated discovery), kept for ten minutes. A word may be a
 * plural, a singular, a kind, a short name, or `plural.group`. Where several groups use one word, the core group wins,
 * then the order in which the server lists its groups.
 */
const keptMs = 10 * 60_000;

/** A word nobody knows may name something installed a moment ago, but must not cost two requests each time. */
const askAgainMs = 30_000;

const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

const wordPattern = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const resourceShape = z.object({
  resource: z.string(),
  responseKind: z.object({ kind: z.string() }).nullish(),
  scope: z.string(),
  singularResource: z.string().default(''),
  shortNames: z.array(z.string()).default([]),
  verbs: z.array(z.string()).default([]),
});

const discoveryShape = z.object({
  kind: z.literal('APIGroupDiscoveryList'),
  items: z
    .array(
      z.object({
        metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
        versions: z.array(
          z.object({
            version: z.string(),
            freshness: z.string().optional(),
            resources: z.array(resourceShape).default([]),
          }),
        ),
      }),
    )
    .nullish(),
});

interface Catalogue {
  readonly kinds: readonly Kind[];
  readonly byWord: ReadonlyMap<string, Kind>;
  /** Groups whose own server does not answer: their kinds may be missing. */
  readonly stale: readonly string[];
  readonly at: number;
}

export interface Discovery {
  /** Throws `cluster-secret-refused` or `cluster-kind-unknown`, the latter with the nearest words. */
  resolve(word: string, signal: AbortSignal): Promise<Kind>;
  /** Every kind that can be listed, Secrets left out. */
  kinds(signal: AbortSignal): Promise<readonly Kind[]>;
}

export function createDiscovery(transport: Pick<Transport, 'read'>, now: () => number = Date.now): Discovery {
  let kept: Catalogue | undefined;

  const load = async (signal: AbortSignal): Promise<Catalogue> => {
    const answers = await Promise.all(
      (['core-discovery', 'group-discovery'] as const).map((document) =>
        transport.read({ kind: 'document', document }, { signal, accept }),
      ),
    );
    kept = catalogueOf(answers, now());
    return kept;
  };

  const current = (signal: AbortSignal): Promise<Catalogue> | Catalogue =>
    kept !== undefined && now() - kept.at < keptMs ? kept : load(signal);

  return {
    async resolve(word, signal) {
      const wanted = normalise(word);
      refuseSecrets(wanted);
      const catalogue = await current(signal);
      const known = catalogue.byWord.get(wanted);
      if (known !== undefined) return allowed(known);
      const fresh = now() - catalogue.at < askAgainMs ? catalogue : await load(signal);
      const found = fresh.byWord.get(wanted);
      if (found === undefined) throw unknownKind(wanted, fresh);
      return allowed(found);
    },
    async kinds(signal) {
      const { kinds } = await current(signal);
      return kinds.filter(
        ({ resource, kind, verbs }) => resource !== 'secrets' && kind !== 'Secret' && verbs.includes('list'),
      );
    },
  };
}

function normalise(word: string): string {
  const wanted = word.trim().toLowerCase();
  if (wordPattern.test(wanted) && !wanted.includes('..')) return wanted;
  throw clusterError('cluster-kind-unknown', {
    message: `${JSON.stringify(word.slice(0, 60))} is not a kind`,
    next: 'give one kind (pods, deploy, certificates.cert-manager.io); a name goes into `name`',
  });
}

function refuseSecrets(word: string): void {
  if (word === 'secret' || word === 'secrets' || /^secrets?\./.test(word)) throw secretsRefused();
}

function secretsRefused(): Error {
  return clusterError('cluster-secret-refused', {
    message: 'values of secrets are never shown, so Secret objects are not read at all',
    next: 'look at what makes or uses it: externalsecrets, certificates, pods and deployments name the secret and its keys',
  });
}

/** The transport would refuse it too; here the answer can teach. */
function allowed(kind: Kind): Kind {
  if (kind.resource === 'secrets' || kind.kind === 'Secret') throw secretsRefused();
  return kind;
}

function catalogueOf(answers: readonly JsonObject[], at: number): Catalogue {
  const kinds: Kind[] = [];
  const stale: string[] = [];
  for (const answer of answers) {
    const discovered = discoveryShape.safeParse(answer);
    if (!discovered.success) {
      throw clusterError('cluster-answer-unreadable', {
        message: 'the API server did not answer with aggregated discovery',
        next: 'Castellan needs Kubernetes 1.27 or later',
        cause: discovered.error,
      });
    }
    for (const group of discovered.data.items ?? []) {
      for (const version of group.versions) {
        if (version.freshness === 'Stale') stale.push(`${nameText(group.metadata.name)}/${nameText(version.version)}`);
        for (const entry of version.resources) {
          if (!entry.verbs.includes('get') && !entry.verbs.includes('list')) continue;
          const kind = {
            kind: entry.responseKind?.kind ?? entry.resource,
            group: group.metadata.name,
            version: version.version,
            resource: entry.resource,
            singular: entry.singularResource,
            shortNames: entry.shortNames.filter(isWord),
            namespaced: entry.scope === 'Namespaced',
            verbs: entry.verbs,
          };
          // A server behind the API server may call its kinds what it likes; nobody could ask for one without a name.
          if ([kind.kind, kind.group || 'core', kind.version, kind.resource].every(isWord)) kinds.push(kind);
        }
      }
    }
  }
  return { kinds, byWord: wordsOf(kinds), stale, at };
}

function isWord(word: string): boolean {
  return wordPattern.test(word.toLowerCase());
}

/** The first kind to claim a word keeps it; qualified words come after all plain ones of the same pass. */
function wordsOf(kinds: readonly Kind[]): Map<string, Kind> {
  const words = new Map<string, Kind>();
  const claim = (word: string, kind: Kind): void => {
    if (word !== '' && !words.has(word)) words.set(word, kind);
  };
  const namesOf = (kind: Kind): string[] => [kind.resource, kind.singular, kind.kind.toLowerCase()];
  for (const kind of kinds) for (const name of namesOf(kind)) claim(name, kind);
  for (const kind of kinds) for (const name of kind.shortNames) claim(name.toLowerCase(), kind);
  for (const kind of kinds) {
    for (const name of namesOf(kind)) {
      if (name === '') continue;
      claim(kind.group === '' ? `${name}.${kind.version}` : `${name}.${kind.group}`, kind);
      if (kind.group !== '') claim(`${name}.${kind.version}.${kind.group}`, kind);
    }
  }
  return words;
}

function unknownKind(word: string, catalogue: Catalogue): Error {
  const near = [...catalogue.byWord]
    .filter(([, kind]) => kind.resource !== 'secrets')
    .map(([known, kind]) => ({ kind: kindId(kind), away: distance(word, known) }))
    .filter(({ away }) => away <= Math.max(2, Math.floor(word.length / 4)))
    .sort((a, b) => a.away - b.away)
    .map(({ kind }) => kind);
  const suggestions = [...new Set(near)].slice(0, 3);
  const stale = catalogue.stale.length === 0 ? '' : `; not answering now: ${catalogue.stale.slice(0, 5).join(', ')}`;
  return clusterError('cluster-kind-unknown', {
    message: `the API server serves no kind ${word}${stale}`,
    next:
      suggestions.length > 0
        ? `did you mean ${suggestions.join(', ')}?`
        : 'give a plural, a kind, a short name or plural.group; `kind=customresourcedefinitions` lists what is installed',
  });
}
