import type { JsonObject } from '../../kit/index.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { objectOf } from '../list.ts';
import type { ClusterObject } from '../reader.ts';
import { createObjectRedactor } from '../withholding/object-redactor.ts';

const redactor = createObjectRedactor(silent);

/** An object as it comes out of the reader, whole. */
export function objectFrom(manifest: JsonObject): ClusterObject {
  const [group = '', version] = String(manifest['apiVersion']).split('/');
  const kind = String(manifest['kind']);
  const known = {
    group: version === undefined ? '' : group,
    version: version ?? group,
    kind,
    resource: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    verbs: ['get', 'list'],
  };
  return objectOf(known, manifest, redactor);
}
