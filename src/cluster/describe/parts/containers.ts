import type { JsonObject, Untrusted } from '../../../kit/index.ts';
import { ageText, at, dateAt, listAt, millisecondsSince, textAt } from '../../fields.ts';
import { knownReason } from '../../health/verdict.ts';
import { type Container, containersOf } from '../../pod/containers.ts';
import { podSpecOf } from '../../pod/template.ts';
import type { ClusterObject } from '../../reader.ts';
import type { Amounts } from '../../usage/metrics.ts';
import { counted, nameText, plainText } from '../../words.ts';
import { quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { endText } from './end.ts';
import { environmentText } from './environment.ts';
import { probesOf } from './probe.ts';
import { resourcesText } from './resources.ts';

/** One container of a template, in all the pods made from it. */
interface Running {
  readonly name: string;
  readonly isInit: boolean;
  readonly spec: JsonObject;
  readonly inPods: readonly { readonly pod: ClusterObject; readonly container: Container }[];
}

const imageForm = /^[\w][\w./:@+-]{0,254}$/;

/** What each container is, does and last died of; those in trouble first. */
export function containersSection(around: Surroundings): Section | undefined {
  const spec = podSpecOf(around.object);
  if (spec === undefined) return undefined;
  const running = Map.groupBy(
    (around.pods ?? []).flatMap((pod) => containersOf(pod).map((container) => ({ pod, container }))),
    ({ container }) => keyOf(container.name, container.role !== 'container'),
  );
  const runningOf = (one: JsonObject, isInit: boolean): Running => {
    const name = textAt(one, 'name') ?? '';
    return { name, isInit, spec: one, inPods: running.get(keyOf(name, isInit)) ?? [] };
  };
  const all = [
    ...listAt(spec, 'initContainers').map((one) => runningOf(one, true)),
    ...listAt(spec, 'containers').map((one) => runningOf(one, false)),
  ];
  const inTrouble = (one: Running): boolean => one.inPods.some(({ container }) => isInTrouble(container));
  const ordered = [...all.filter(inTrouble), ...all.filter((one) => !inTrouble(one))];
  return section('containers', [
    ...ordered.map((one) => lineOf(one, around)),
    ...ordered.filter(inTrouble).flatMap(messagesOf),
  ]);
}

function keyOf(name: string, isInit: boolean): string {
  return `${isInit ? 'init ' : ''}${name}`;
}

function lineOf({ name, isInit, spec, inPods }: Running, around: Surroundings): string {
  const image = plainText(textAt(spec, 'image'), imageForm);
  const facts = [
    statesText(
      inPods.map(({ container }) => container),
      around,
    ),
    lastEndText(inPods, around.now),
    resourcesText(at(spec, 'resources'), usageOf(name, inPods, around)),
    ...probesOf(spec),
    environmentText(spec),
  ].filter((fact) => fact !== undefined);
  return `${isInit ? 'init ' : ''}${nameText(name)} ${image}: ${facts.join('; ')}`;
}

/** `2 ready, 1 CrashLoopBackOff, 14 restarts`. */
function statesText(containers: readonly Container[], { pods }: Surroundings): string {
  if (pods === undefined) return 'state unknown';
  if (containers.length === 0) return pods.length === 0 ? 'in no pod' : 'not started';
  const counts = new Map<string, number>();
  for (const container of containers) {
    const state = stateText(container);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const only = counts.size === 1 && containers.length === 1;
  const states = [...counts].map(([state, count]) => (only ? state : `${count} ${state}`));
  const restarts = containers.reduce((sum, container) => sum + container.restarts, 0);
  return [...states, ...(restarts === 0 ? [] : [counted(restarts, 'restart')])].join(', ');
}

function stateText(container: Container): string {
  const { status } = container;
  const waiting = at(status, 'state', 'waiting');
  if (waiting !== undefined) return knownReason(textAt(waiting, 'reason')) ?? 'waiting';
  const ended = at(status, 'state', 'terminated');
  if (ended !== undefined) return ended['exitCode'] === 0 ? 'completed' : `ended: ${endText(container, ended)}`;
  if (at(status, 'state', 'running') === undefined) return 'in no known state';
  return status['ready'] === true ? 'ready' : 'running, not ready';
}

/** What the newest of its earlier instances died of. */
function lastEndText(inPods: Running['inPods'], now: Date): string | undefined {
  const ends = inPods.flatMap(({ container }) => {
    const ended = at(container.status, 'lastState', 'terminated');
    return ended === undefined ? [] : [{ container, ended, when: dateAt(ended, 'finishedAt') }];
  });
  const [newest] = ends.sort((a, b) => (b.when?.getTime() ?? 0) - (a.when?.getTime() ?? 0));
  if (newest === undefined) return undefined;
  const ago = newest.when === undefined ? '' : `, ${ageText(millisecondsSince(newest.when, now))} ago`;
  return `last ended ${endText(newest.container, newest.ended)}${ago}`;
}

function isInTrouble({ status }: Container): boolean {
  const ended = at(status, 'state', 'terminated');
  if (ended !== undefined) return ended['exitCode'] !== 0;
  return status['ready'] !== true;
}

/** What the kubelet and the container itself say, each once. */
function messagesOf({ name, inPods }: Running): readonly Untrusted[] {
  const messages = inPods.flatMap(({ container: { status } }) =>
    [at(status, 'state', 'waiting'), at(status, 'state', 'terminated'), at(status, 'lastState', 'terminated')].flatMap(
      (state) => textAt(state, 'message') ?? [],
    ),
  );
  return [...new Set(messages)].slice(0, 2).map((message) => quoted(`container ${nameText(name)}`, message));
}

/** Of the pod that takes the most memory. */
function usageOf(name: string, inPods: Running['inPods'], { samples }: Surroundings): Amounts | undefined {
  return inPods
    .flatMap(({ pod }) => samples.get(`${pod.namespace}/${pod.name}`)?.containers.get(name) ?? [])
    .sort((a, b) => (b.memory ?? 0) - (a.memory ?? 0))[0];
}
