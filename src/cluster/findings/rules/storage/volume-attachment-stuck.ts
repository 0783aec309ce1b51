import { ageText, at, dateAt, millisecondsSince, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';

/** Attaching and detaching take seconds to minutes. */
const patienceMs = 10 * 60_000;

export const volumeAttachmentStuck: Rule = {
  id: 'volume-attachment-stuck',
  title: 'A volume that cannot be attached to its node, cannot be detached, or is attached to a node that is gone.',
  needs: {
    nodes: {},
    persistentvolumes: { spec: { claimRef: { namespace: true, name: true } } },
    'volumeattachments.storage.k8s.io': {
      spec: { nodeName: true, source: { persistentVolumeName: true } },
      status: { attached: true, attachError: true, detachError: true },
    },
  },
  *find(view) {
    for (const attachment of view.all('volumeattachments.storage.k8s.io')) {
      const finding = judged(view, attachment);
      if (finding !== undefined) yield { object: attachment, next: describeCall(attachment), ...finding };
    }
  },
};

function judged(view: ClusterView, attachment: ClusterObject): Omit<Finding, 'object'> | undefined {
  const { body, created } = attachment;
  const [spec, status] = [at(body, 'spec'), at(body, 'status')];
  const node = textAt(spec, 'nodeName') ?? '';
  const volume = volumeText(view, textAt(at(spec, 'source'), 'persistentVolumeName'));
  const gone = view.get('nodes', '', node) === undefined;
  const detaching = dateAt(at(body, 'metadata'), 'deletionTimestamp');
  const [attachError, detachError] = [at(status, 'attachError'), at(status, 'detachError')];
  if (gone) {
    return {
      severity: 'warning',
      summary: `${volume} is still attached to node ${nameText(node)}, which does not exist`,
      since: detaching,
    };
  }
  const detachingFor = millisecondsSince(detaching, view.now);
  if (detachError !== undefined || (detachingFor !== undefined && detachingFor > patienceMs)) {
    return {
      severity: 'warning',
      summary: `${volume} cannot be detached from node ${nameText(node)}`,
      detail: outsideText(textAt(detachError, 'message')),
      since: detaching ?? dateAt(detachError, 'time'),
    };
  }
  if (detaching !== undefined || status?.['attached'] === true) return undefined;
  if (attachError !== undefined) {
    return {
      severity: 'critical',
      summary: `${volume} cannot be attached to node ${nameText(node)}`,
      detail: outsideText(textAt(attachError, 'message')),
      since: dateAt(attachError, 'time'),
    };
  }
  const age = millisecondsSince(created, view.now);
  return age !== undefined && age > patienceMs
    ? {
        severity: 'critical',
        summary: `${volume} has waited ${ageText(age)} to be attached to node ${nameText(node)}`,
        since: created,
      }
    : undefined;
}

/** By the claim, which somebody knows, rather than by the volume's made-up name. */
function volumeText(view: ClusterView, name: string | undefined): string {
  const claim = at(view.get('persistentvolumes', '', name ?? '')?.body, 'spec', 'claimRef');
  if (claim === undefined) return `volume ${nameText(name)}`;
  return `the volume of claim ${nameText(claim['namespace'])}/${nameText(claim['name'])}`;
}
