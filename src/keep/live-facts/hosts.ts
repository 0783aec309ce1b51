import type { Fact, WorkloadName } from '../../change/risk/live-facts.ts';
import type { ClusterReader } from '../../cluster/index.ts';
import { kindId } from '../../cluster/kind.ts';
import { readKinds } from '../../cluster/read-kinds.ts';
import { selectsPodsOf, serviceShape } from '../../cluster/service/service.ts';
import type { Shape } from '../../cluster/shape.ts';
import { isAt, type RoutesReading, readRoutes } from '../../cluster/target/routes.ts';
import { notRead } from './reason.ts';

const template: Shape = { metadata: { labels: true } };
const workloadShapes: Readonly<Record<string, Shape>> = {
  'deployments.apps': { spec: { template } },
  'statefulsets.apps': { spec: { template } },
  'daemonsets.apps': { spec: { template } },
  'replicasets.apps': { spec: { template } },
  pods: { metadata: { labels: true } },
};

/** Hosts of workloads, the routes of the cluster read once. A route may stand in another namespace than its Service. */
export function hostReader(
  cluster: ClusterReader,
  signal: AbortSignal,
): (workload: WorkloadName) => Promise<Fact<readonly string[]>> {
  let routes: Promise<RoutesReading> | undefined;
  return async ({ namespace, kind, name }) => {
    try {
      routes ??= readRoutes(cluster, undefined, signal);
      const shapes = { ...workloadShapes, services: serviceShape };
      const wanted = Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, { namespace, shape }]));
      const [{ found, unread }, all] = await Promise.all([readKinds(cluster, wanted, signal), routes]);
      const closed = [...unread, ...all.unread];
      if (closed.length > 0) return { known: false, why: `the keep may not read ${closed.join(', ')}` };
      const of = (id: string) =>
        found.filter((reading) => kindId(reading.kind) === id).flatMap(({ objects }) => objects);
      const workload = Object.keys(workloadShapes)
        .flatMap(of)
        .find((object) => object.kind === kind && object.name === name);
      if (workload === undefined) return { known: false, why: 'the cluster has no such workload' };
      const services = of('services').filter((service) => selectsPodsOf(service, workload));
      const leading = all.routes.filter((route) =>
        route.services.some((ref) => services.some((service) => isAt(service, ref))),
      );
      return { known: true, value: [...new Set(leading.map(({ host }) => host))].sort() };
    } catch (error) {
      return { known: false, why: notRead(error) };
    }
  };
}
