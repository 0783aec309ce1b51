import { stringify } from 'yaml';
import {
  ageText,
  type ClusterObject,
  type FindRequest,
  findObject,
  healthOf,
  type Kind,
  kindId,
} from '../../src/cluster/index.ts';
import { type Answer, type JsonObject, type JsonValue, text, Untrusted } from '../../src/kit/index.ts';
import { withheldNote } from './list-many.ts';
import { narrowTo } from './path.ts';

export interface GetRequest extends FindRequest {
  readonly path: string | undefined;
  /** Whether what no reader asks for is shown too. */
  readonly full: boolean;
  readonly now: Date;
}

export async function getOne(request: GetRequest): Promise<Answer> {
  const { cluster, kind, path, full, now } = request;
  const object = await findObject(request);
  const part = path === undefined ? ordered(object.body, full) : narrowTo(object.body, path);
  const where = object.namespace === '' ? 'the cluster' : `namespace ${object.namespace}`;
  return text({
    asOf: now,
    coverage: { covered: `${kindId(kind)} ${object.name} in ${where}, context ${cluster.context}` },
    headline: `${kindId(kind)} ${object.name}${path === undefined ? '' : `, ${path}`}: ${stateOf(object, kind, now)}`,
    blocks: [new Untrusted(yamlOf(part))],
    narrow: 'narrow with path=, e.g. path=status or path=spec',
    notes: withheldNote(object.withheld),
  });
}

function stateOf(object: ClusterObject, kind: Kind, now: Date): string {
  const { status, summary } = healthOf(kind).judge(object, now);
  const age = object.created === undefined ? '' : `, ${ageText(now.getTime() - object.created.getTime())} old`;
  return status === 'stateless'
    ? `reports no status${age}`
    : `${status}${status === summary ? '' : ` (${summary})`}${age}`;
}

function yamlOf(value: JsonValue): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}

/** What is wrong comes before what was wanted, and what no reader asks for is left out. */
function ordered(body: JsonObject, full: boolean): JsonValue {
  const { apiVersion = '', kind = '', metadata, status, spec, ...rest } = body;
  const whole = {
    apiVersion,
    kind,
    ...(metadata === undefined ? {} : { metadata }),
    ...(status === undefined ? {} : { status }),
    ...(spec === undefined ? {} : { spec }),
    ...rest,
  };
  return full ? whole : dropNoise(whole);
}

const noise = new Set(['uid', 'resourceVersion', 'selfLink', 'generateName', 'blockOwnerDeletion']);

/** Fields the API server fills in the same way for everybody. */
const defaults: Readonly<Record<string, JsonValue>> = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  recursiveReadOnly: 'Disabled',
};

function dropNoise(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(dropNoise);
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([field, item]) => !noise.has(field) && !(Object.hasOwn(defaults, field) && defaults[field] === item))
      .map(([field, item]) => [field, dropNoise(item)]),
  );
}
