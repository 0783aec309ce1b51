import type { JsonObject } from '../../kit/index.ts';
import { at, listAt, numberAt, textAt } from '../fields.ts';
import { knownReason } from '../health/verdict.ts';
import type { ClusterObject } from '../reader.ts';
import { quantityText } from '../words.ts';

export interface Container {
  readonly name: string;
  readonly role: 'container' | 'init container' | 'sidecar';
  readonly spec: JsonObject | undefined;
  readonly status: JsonObject;
  readonly restarts: number;
}

/** In the order they are started; a container without a status yet is left out. */
export function containersOf({ body }: ClusterObject): readonly Container[] {
  return [...read(body, 'initContainers', 'initContainerStatuses'), ...read(body, 'containers', 'containerStatuses')];
}

function read(body: JsonObject, specs: string, statuses: string): readonly Container[] {
  const byName = new Map(listAt(at(body, 'spec'), specs).map((spec) => [spec['name'], spec]));
  return listAt(at(body, 'status'), statuses).map((status) => {
    const name = textAt(status, 'name') ?? '';
    const spec = byName.get(name);
    const initial = textAt(spec, 'restartPolicy') === 'Always' ? 'sidecar' : 'init container';
    return {
      name,
      role: specs === 'containers' ? 'container' : initial,
      spec,
      status,
      restarts: numberAt(status, 'restartCount') ?? 0,
    };
  });
}

const meanings: Readonly<Record<number, string>> = {
  126: 'its command cannot be executed',
  127: 'its command was not found',
  134: 'it aborted',
  137: 'it was killed',
  139: 'segmentation fault',
  143: 'it was told to stop',
};

/** What a container that ended died of: `OOMKilled, memory limit 128Mi`, `exit 127, its command was not found`. */
export function deathOf({ spec }: Container, terminated: JsonObject): string {
  const reason = knownReason(textAt(terminated, 'reason'));
  if (reason === 'OOMKilled') {
    const limit = at(spec, 'resources', 'limits')?.['memory'];
    const told = limit === undefined ? 'no memory limit' : `memory limit ${quantityText(limit)}`;
    return `OOMKilled, ${told}`;
  }
  const code = numberAt(terminated, 'exitCode');
  const meaning = code === undefined ? undefined : meanings[code];
  const exit = `exit ${code ?? '?'}${meaning === undefined ? '' : `, ${meaning}`}`;
  return reason === undefined || reason === 'Error' || reason === 'Completed' ? exit : `${reason}, ${exit}`;
}
