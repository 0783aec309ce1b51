import type { JsonObject } from '../../../../kit/index.ts';
import { at, dateAt, listAt, millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { type Container, containersOf } from '../../../pod/containers.ts';
import { mergeShapes, type Shape } from '../../../shape.ts';
import { outsideText, portText } from '../../../words.ts';
import { logsCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nameAmong, restartsText } from './shared-container.ts';
import { eventShape, newestWarning } from './shared-events.ts';
import { isTrue, livePods, podShape } from './shared-pod.ts';

/** An older failure is told by the restart it led to. */
const freshMs = 15 * 60_000;
const hourMs = 60 * 60_000;

const asks: Shape = { httpGet: { port: true }, tcpSocket: { port: true }, grpc: { port: true } };
const container: Shape = { ports: { name: true, containerPort: true }, livenessProbe: asks, startupProbe: asks };

export const livenessProbeFailing: Rule = {
  id: 'liveness-probe-failing',
  title:
    'A container that is ready between its restarts: the kubelet ends it because its liveness probe fails, and starts it ' +
    'again. One that is not ready, and a probe that failed without a restart, are left alone.',
  needs: { pods: mergeShapes(podShape, { spec: { containers: container, initContainers: container } }) },
  wants: { events: eventShape },
  *find(view) {
    for (const pod of livePods(view)) {
      if (!conditionsOf(pod).some(isTrue('Ready'))) continue;
      const said = newestWarning(view, pod, ['Unhealthy'], /^(?:Liveness|Startup) probe (?:failed|errored)/);
      if (said === undefined || view.now.getTime() - said.at > freshMs) continue;
      const containers = containersOf(pod);
      for (const one of containers) {
        const last = at(one.status, 'lastState', 'terminated');
        const age = millisecondsSince(dateAt(last, 'finishedAt'), view.now);
        if (last === undefined || age === undefined || age > hourMs || probeOf(one) === undefined) continue;
        yield {
          severity: 'warning',
          object: pod,
          summary: `restarted because its liveness probe fails${foreignPort(one)}${restartsText(one.restarts)}`,
          detail: outsideText(nameAmong(containers, one), said.message),
          since: dateAt(last, 'finishedAt'),
          next: logsCall(pod, { previous: true }),
          log: { container: one.name, previous: true },
        };
      }
    }
  },
};

function probeOf({ spec }: Container): JsonObject | undefined {
  return at(spec, 'livenessProbe') ?? at(spec, 'startupProbe');
}

/** Where it asks a port that the container does not declare, that is most often the whole story. */
function foreignPort(one: Container): string {
  const probe = probeOf(one);
  const port = ['httpGet', 'tcpSocket', 'grpc']
    .map((way) => at(probe, way)?.['port'])
    .find((asked) => asked !== undefined);
  const declared = listAt(one.spec, 'ports');
  const isThere = declared.some(({ name, containerPort }) => port === containerPort || port === name);
  if (port === undefined || declared.length === 0 || isThere) return '';
  return `: it asks port ${portText(port)}, which the container does not declare`;
}
