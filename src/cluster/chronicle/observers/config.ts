import { z } from 'zod';
import { at, dateAt, textAt } from '../../fields.ts';
import { mergeShapes } from '../../shape.ts';
import { edit, editShape, editsOf, newEdits } from '../edits.ts';
import { defineObserver } from '../observer.ts';

const configState = z.object({ version: z.string(), edits: z.array(edit) });

/** The cluster writes these into every namespace. */
const everywhere = new Set(['kube-root-ca.crt', 'istio-ca-root-cert', 'openshift-service-ca.crt']);
const leader = 'control-plane.alpha.kubernetes.io/leader';

/** That a ConfigMap changed, when and by whom; what is in it is never read. */
export const configMaps = defineObserver<z.infer<typeof configState>>({
  kind: 'ConfigMap',
  kindId: 'configmaps',
  shape: { metadata: mergeShapes(editShape, { annotations: { [leader]: true }, resourceVersion: true }) },
  state: configState,
  condense(object) {
    const metadata = at(object.body, 'metadata');
    const elects = textAt(at(metadata, 'annotations'), leader) !== undefined;
    if (elects || everywhere.has(object.name)) return undefined;
    return { version: textAt(metadata, 'resourceVersion') ?? '', edits: editsOf(object) };
  },
  *tell(seen) {
    const { object, ref, now, before } = seen;
    const about = { about: ref, root: ref };
    if (before === undefined) yield { ...about, what: 'created', at: object.created, text: 'created', mark: '' };
    const edits = [...newEdits(seen, { what: 'config-changed' })];
    yield* edits;
    if (before !== undefined && before.version !== now.version && edits.length === 0) {
      yield { ...about, what: 'config-changed', text: 'changed', mark: '' };
    }
  },
  *gone({ ref }) {
    yield { what: 'deleted', about: ref, root: ref, text: 'deleted', mark: '', warning: true };
  },
});

const certificateState = z.object({ from: z.string() });

/** cert-manager's: a new certificate is a change that nobody made. */
export const certificates = defineObserver<z.infer<typeof certificateState>>({
  kind: 'Certificate',
  kindId: 'certificates.cert-manager.io',
  shape: { status: { notBefore: true, notAfter: true } },
  state: certificateState,
  condense: (object) => ({ from: textAt(at(object.body, 'status'), 'notBefore') ?? '' }),
  *tell({ object, ref, now, before }) {
    const from = dateAt(at(object.body, 'status'), 'notBefore');
    const until = dateAt(at(object.body, 'status'), 'notAfter');
    if (from === undefined || before?.from === now.from) return;
    const text = `certificate issued, good until ${until?.toISOString().slice(0, 10) ?? '?'}`;
    yield { what: 'renewed', at: from, about: ref, root: ref, text, mark: now.from };
  },
});
