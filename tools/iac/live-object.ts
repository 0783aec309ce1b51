import { type ClusterReader, type FieldManager, resolveTarget } from '../../src/cluster/index.ts';
import { CastellanError, type JsonObject, type Reach } from '../../src/kit/index.ts';
import { iacError } from './errors.ts';

/** The object that is meant, as far as the cluster can be asked. */
export interface LiveObject {
  readonly kind: string;
  readonly name: string;
  /** Empty outside namespaces, or where it was not said. */
  readonly namespace: string;
  /** How a short word was understood, to stand before the rest of a sentence. */
  readonly said: string;
  readonly context: string;
  /** Redacted; undefined where it was not seen. */
  readonly body: JsonObject | undefined;
  managers(fields: readonly string[]): Promise<Managers>;
}

export interface Managers {
  /** Undefined: not known. */
  readonly of: ReadonlyMap<string, readonly FieldManager[]> | undefined;
  readonly missing: readonly { readonly what: string; readonly why: string }[];
}

export interface Meant {
  readonly object: string;
  readonly namespace: string | undefined;
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly signal: AbortSignal;
}

/** Without a cluster, or with one that is away, the source is told all the same; the live half is NOT SEEN. */
export async function liveObject({ object, namespace, cluster: reach, signal }: Meant): Promise<LiveObject> {
  if (/^(?:[^/]*\/)?helm\/[^/]*$/i.test(object)) return byName(object, namespace, 'a Helm release is no object of it');
  if (reach === undefined) return byName(object, namespace, 'no cluster is configured');
  const cluster = await reach().catch(unreached);
  if (cluster instanceof CastellanError) return byName(object, namespace, cluster.code);
  const found = await resolveTarget({ cluster, target: object, namespace, signal }).catch(unreached);
  if (found instanceof CastellanError) {
    // A name that is not there, or is several, is the caller's to correct; a cluster that does not answer is not.
    if (found.audience === 'agent') throw found;
    return byName(object, namespace, found.code);
  }
  const { kind, object: live, said } = found;
  return {
    kind: kind.kind,
    name: live.name,
    namespace: live.namespace,
    said: said === undefined ? '' : `${said}; `,
    context: `, context ${cluster.context}`,
    body: live.body,
    managers: async (fields) => {
      const options = { namespace: live.namespace || undefined, fields, signal };
      const of = await cluster.managers(kind, live.name, options).catch(unreached);
      return of instanceof CastellanError ? unseen(of.code) : { of, missing: [] };
    },
  };
}

function unreached(error: unknown): CastellanError {
  if (error instanceof CastellanError) return error;
  throw error;
}

function unseen(why: string): Managers {
  return { of: undefined, missing: [{ what: 'who writes it in the cluster', why }] };
}

const kinds: Readonly<Record<string, string>> = {
  helm: 'HelmRelease',
  deploy: 'Deployment',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  cj: 'CronJob',
  job: 'Job',
  po: 'Pod',
  svc: 'Service',
  ing: 'Ingress',
  cm: 'ConfigMap',
  secret: 'Secret',
  pvc: 'PersistentVolumeClaim',
  ns: 'Namespace',
  sa: 'ServiceAccount',
  netpol: 'NetworkPolicy',
  hpa: 'HorizontalPodAutoscaler',
};

function byName(object: string, namespace: string | undefined, why: string): LiveObject {
  const parts = object.split('/');
  const [kind = '', name = ''] = parts.length === 3 ? parts.slice(1) : parts;
  const within = parts.length === 3 ? parts[0] : namespace;
  if (parts.length < 2 || parts.length > 3 || kind === '' || name === '') {
    throw iacError('object-not-named', {
      message: `the cluster cannot be asked what ${JSON.stringify(object.slice(0, 60))} is (${why})`,
      next: 'give target as kind/name, with namespace',
    });
  }
  return {
    kind: kindOf(kind),
    name,
    namespace: within ?? '',
    said: '',
    context: '',
    body: undefined,
    managers: async () => unseen(why),
  };
}

/** `deploy`, `deployments`, `Deployment`: the name a manifest has for it. */
function kindOf(word: string): string {
  const singular = word.toLowerCase().replace(/s$/, '');
  const known = kinds[word.toLowerCase()] ?? Object.values(kinds).find((kind) => kind.toLowerCase() === singular);
  return known ?? word;
}
