import { z } from 'zod';
import { explainField, type Kind, kindId } from '../../src/cluster/index.ts';
import { type Answer, CastellanError, type JsonObject, table, text, toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { fields } from './fields.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const input = z.strictObject({
  kind: fields.kind.optional().describe('omit or *word* to list kinds'),
  path: fields.path.describe('field, spec.strategy'),
  verb: z
    .string()
    .refine((verb) => /^(?:[a-z]{1,40}|\*)$/.test(verb), 'not a verb')
    .optional()
    .describe('may I: list, delete'),
  namespace: fields.namespace,
  context: fields.context,
  budget: fields.budget,
});

type Asked = z.output<typeof input>;
type Reading = Pick<KubectlPorts, 'cluster'> & {
  readonly asked: Asked;
  readonly signal: AbortSignal;
  readonly now: Date;
};

export const explain = defineTool({
  name: 'kubectl_explain',
  title: 'Explain kinds, fields and rights',
  description:
    'Which kinds there are and their short names; what a field of a kind is (installed kinds too); whether the credential may ' +
    'do a verb. Use instead of kubectl explain, api-resources and auth can-i.',
  effect: 'read',
  searchHint: 'k8s kubernetes crd schema documentation api-resources rbac permission',
  input,
  async run(asked, { ports, signal, now }) {
    const reading = { cluster: ports.cluster.inContext(asked.context), asked, signal, now: now() };
    refuseConflicts(asked);
    if (asked.kind === undefined || asked.kind.includes('*')) return listKinds(reading, asked.kind ?? '*');
    const kind = await reading.cluster.kind(asked.kind, signal);
    return asked.verb === undefined ? explainKind(reading, kind) : mayI(reading, kind, asked.verb);
  },
});

function refuseConflicts({ kind, path, verb, namespace }: Asked): void {
  const single = kind !== undefined && !kind.includes('*');
  const conflict =
    (!single && (path !== undefined || verb !== undefined) && 'path and verb need one kind') ||
    (path !== undefined && verb !== undefined && 'path and verb are two questions') ||
    (namespace !== undefined && verb === undefined && 'namespace says where a verb is meant');
  if (conflict === false) return;
  throw kubectlError('arguments-conflict', {
    message: `kubectl_explain was not run: ${conflict}`,
    next: 'give kind alone, kind and path, or kind and verb (and namespace)',
  });
}

async function listKinds({ cluster, signal, now }: Reading, pattern: string): Promise<Answer> {
  const word = pattern.replaceAll('*', '').trim().toLowerCase();
  const all = await cluster.kinds(signal);
  const found = all.filter((kind) =>
    [kindId(kind), kind.kind, ...kind.shortNames].some((name) => name.toLowerCase().includes(word)),
  );
  return table({
    asOf: now,
    coverage: { covered: `${all.length} kinds the API server lists, Secrets left out, context ${cluster.context}` },
    headline: word === '' ? `${all.length} kinds` : `${found.length} of ${all.length} kinds have ${word} in a name`,
    columns: ['kind', 'also', 'version', 'scope'],
    rows: found.map((kind) => [
      kindId(kind),
      [...kind.shortNames, kind.kind].join(', '),
      kind.version,
      kind.namespaced ? 'namespace' : 'cluster',
    ]),
    narrow: 'narrow with kind=*word*',
  });
}

async function mayI({ cluster, asked, signal, now }: Reading, kind: Kind, verb: string): Promise<Answer> {
  const { group, resource } = kind;
  const namespace = kind.namespaced ? asked.namespace : undefined;
  const allowed = await cluster.may({ verb, group, resource, namespace }, signal);
  const where = kind.namespaced ? ` in ${namespace === undefined ? 'all namespaces' : `namespace ${namespace}`}` : '';
  const served = [...kind.verbs, '*'].includes(verb) ? '' : `; the API server serves no verb ${verb} for it`;
  return text({
    asOf: now,
    coverage: { covered: `an access review of context ${cluster.context}; nothing was tried` },
    headline: `${allowed ? 'allowed' : 'not allowed'}: the credential may ${allowed ? '' : 'not '}${verb} ${kindId(kind)}${where}${served}`,
    blocks: [],
    notes: [
      'Castellan itself only reads: whatever a credential may, it sends nothing that changes the cluster',
      ...(allowed ? [] : ['a right is granted by a human, by changing RBAC']),
    ],
  });
}

async function explainKind(reading: Reading, kind: Kind): Promise<Answer> {
  const { cluster, asked, now } = reading;
  const document = await schemaOf(reading, kind);
  const explained = 'why' in document ? undefined : explainField(document.schema, kind, asked.path);
  const { group, version, kind: name, shortNames, namespaced } = kind;
  const also = shortNames.length === 0 ? '' : `, short ${shortNames.join(', ')}`;
  const what = `${kindId(kind)} (${group === '' ? '' : `${group}/`}${version} ${name}${also}, ${namespaced ? 'in namespaces' : 'of the cluster'})`;
  const covered = `the OpenAPI document of ${group === '' ? 'the core group' : group} ${version}, context ${cluster.context}`;
  if (explained === undefined) {
    const why = 'why' in document ? document.why : 'the document does not describe this kind';
    return text({
      asOf: now,
      coverage: { covered, missing: [{ what: 'its fields', why }] },
      headline: what,
      blocks: [],
    });
  }
  if (!explained.found) {
    const { walked, missing, near, elsewhere } = explained;
    const hints = [
      ...(near.length === 0 ? [] : [`did you mean ${near.join(', ')}?`]),
      ...(elsewhere.length === 0 ? [] : [`${missing} is at ${elsewhere.join(', ')}`]),
    ];
    throw kubectlError('path-not-found', {
      message: `${walked === '' ? kindId(kind) : `${walked} of ${kindId(kind)}`} has no field ${missing}`,
      next: hints.length > 0 ? hints.join('; ') : `ask for the level above: path=${walked === '' ? '(none)' : walked}`,
    });
  }
  const { field, children } = explained;
  return table({
    asOf: now,
    coverage: { covered },
    headline:
      asked.path === undefined ? what : `${field.name} of ${what}: ${field.type}${field.required ? ', required' : ''}`,
    columns: ['field', 'type', 'required', 'description'],
    rows: [field, ...children].map((one, index) => [
      index === 0 ? `(${one.name})` : one.name,
      one.type,
      one.required ? 'yes' : '',
      one.description ?? '',
    ]),
    narrow: 'narrow with path= one of the fields',
  });
}

type Schema = { readonly schema: JsonObject } | { readonly why: string };

/** Aggregated APIs need not describe themselves. */
async function schemaOf({ cluster, signal }: Reading, { group, version }: Kind): Promise<Schema> {
  try {
    return { schema: await cluster.schema(group, version, signal) };
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'cluster-not-found') throw error;
    return { why: 'the API server has no schema of this group and version' };
  }
}
