import { at, textAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import { nameText, quantityText } from '../words.ts';
import { type KindHealth, ok, problem, unknown } from './verdict.ts';

export const volumeClaim: KindHealth = {
  shape: {
    spec: { storageClassName: true, volumeName: true, resources: { requests: { storage: true } } },
    status: { phase: true, capacity: { storage: true } },
  },
  columns: ['size', 'class'],
  cells: (object) => [
    quantityText(
      at(object.body, 'status', 'capacity')?.['storage'] ??
        at(object.body, 'spec', 'resources', 'requests')?.['storage'],
    ),
    classText(object),
  ],
  judge(object) {
    const phase = textAt(at(object.body, 'status'), 'phase');
    if (phase === 'Bound') return ok('bound');
    if (phase === 'Pending') return problem('not bound');
    return phase === 'Lost' ? problem('its volume is lost') : unknown('no status');
  },
};

export const volume: KindHealth = {
  shape: {
    spec: { storageClassName: true, capacity: { storage: true }, claimRef: { namespace: true, name: true } },
    status: { phase: true, reason: true, message: true },
  },
  columns: ['size', 'class', 'claim'],
  cells(object) {
    const claim = at(object.body, 'spec', 'claimRef');
    return [
      quantityText(at(object.body, 'spec', 'capacity')?.['storage']),
      classText(object),
      claim === undefined ? '-' : `${nameText(claim['namespace'])}/${nameText(claim['name'])}`,
    ];
  },
  judge(object) {
    const status = at(object.body, 'status');
    const phase = textAt(status, 'phase');
    if (phase === 'Bound' || phase === 'Available') return ok(phase.toLowerCase());
    if (phase === 'Released') return problem('released: its claim is gone, its data is not');
    if (phase === 'Failed') return problem('failed', textAt(status, 'reason'), textAt(status, 'message'));
    return unknown('no status');
  },
};

function classText({ body }: ClusterObject): string {
  const name = textAt(at(body, 'spec'), 'storageClassName') ?? '';
  return name === '' ? '-' : nameText(name);
}
