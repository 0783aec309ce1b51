import type { JsonObject } from '../../../kit/index.ts';
import { at, listAt, textAt } from '../../fields.ts';
import { isOver } from '../../lifecycle.ts';
import { parseQuantity } from '../../quantity.ts';
import { bytesText, coresText, percentText } from '../../usage/amount-text.ts';
import type { Amounts } from '../../usage/metrics.ts';
import { nodeLoadOf } from '../../usage/node-load.ts';
import { setAside } from '../../usage/pod-load.ts';
import { counted, plainText } from '../../words.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const word = /^[\w.:+~()/-]{1,80}$/;

/** What a node is, what is promised on it, and what keeps pods off it. */
export function nodeFacts(around: Surroundings): Section | undefined {
  const { object } = around;
  const [spec, status] = [at(object.body, 'spec'), at(object.body, 'status')];
  return section('node', [
    versionsText(at(status, 'nodeInfo')),
    spec?.['unschedulable'] === true ? 'cordoned: no new pods are placed on it' : undefined,
    taintsText(spec),
    promisedText('memory', bytesText, around),
    promisedText('cpu', coresText, around),
    largestText(around),
    podsText(around),
    attachmentsText(around),
  ]);
}

function versionsText(info: JsonObject | undefined): string {
  const of = (field: string): string => plainText(textAt(info, field), word);
  return `kubelet ${of('kubeletVersion')}, ${of('containerRuntimeVersion')}, ${systemText(textAt(info, 'osImage'))}, kernel ${of('kernelVersion')}, ${of('architecture')}`;
}

/** `Debian 12` of `Debian GNU/Linux 12 (bookworm)`: the whole may be a sentence, a word and a number are none. */
function systemText(image: string | undefined): string {
  const [, name, version] = /^([A-Za-z]{1,20})\b[^\d\n]{0,40}(v?\d[\w.]{0,20})/.exec(image ?? '') ?? [];
  return name === undefined ? '?' : `${name} ${version}`;
}

function taintsText(spec: JsonObject | undefined): string | undefined {
  const taints = listAt(spec, 'taints').map(
    (taint) => `${plainText(textAt(taint, 'key'), word)}:${plainText(textAt(taint, 'effect'), word)}`,
  );
  return taints.length === 0 ? undefined : `taints: ${taints.join(', ')}`;
}

/** Requests of its pods that still count, against what it has to give, beside what is used. */
function promisedText(
  resource: keyof Amounts,
  text: (amount: number) => string,
  { object, pods, samples }: Surroundings,
): string {
  const load = nodeLoadOf({ node: object, sample: samples.get(`/${object.name}`), pods });
  const room = load.allocatable[resource];
  if (room === undefined) return `${resource}: it does not say how much it has`;
  const part = (amount: number | undefined, word: string): string =>
    amount === undefined ? `${word} unknown` : `${text(amount)} ${word} (${percentText(amount, room)})`;
  return `${resource}: ${part(load.requested?.[resource], 'requested')}, ${part(load.used[resource], 'used')}, of ${text(room)}`;
}

const namedPods = 4;

/** Whom to ask first when memory runs short. */
function largestText({ pods }: Surroundings): string | undefined {
  const asked = (pods ?? [])
    .filter((pod) => !isOver(pod))
    .map((pod) => ({ pod, bytes: setAside(pod).memory ?? 0 }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, namedPods);
  if (asked.length === 0) return undefined;
  return `largest memory requests: ${asked.map(({ pod, bytes }) => `${pod.namespace}/${pod.name} ${bytesText(bytes)}`).join(', ')}`;
}

function podsText({ object, pods }: Surroundings): string | undefined {
  const room = parseQuantity(at(object.body, 'status', 'allocatable')?.['pods']);
  return pods === undefined || room === undefined ? undefined : `${counted(pods.length, 'pod')} of at most ${room}`;
}

function attachmentsText({ object, view, unread }: Surroundings): string | undefined {
  const kindId = 'volumeattachments.storage.k8s.io';
  if (unread.has(kindId)) return 'attached volumes unknown';
  const attached = view.all(kindId).filter(({ body }) => textAt(at(body, 'spec'), 'nodeName') === object.name);
  return attached.length === 0 ? undefined : counted(attached.length, 'attached volume');
}
