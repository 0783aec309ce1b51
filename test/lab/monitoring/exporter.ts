import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { leaveWithLab } from '../leave-with-lab.ts';
import { accessOptions, accessShape, connectKube } from './kube-access.ts';
import { claimShape, deploymentShape, nodeShape, podShape } from './kube-objects.ts';
import { nodeTargets } from './node-targets.ts';
import { type ClusterState, renderPage } from './series.ts';

/**
 * The process behind the part `exporter`: serves `/metrics`, and `/nodes` for Prometheus to find them, over TLS to clients of this lab's authority only, so that no
 * other lab's Prometheus can read it by a mistaken port.
 */
const { values } = parseArgs({ options: { ...accessOptions, port: { type: 'string' }, tls: { type: 'string' } } });
const options = accessShape.extend({ port: z.coerce.number().int(), tls: z.string() }).parse(values);
const kube = connectKube(options);
const started = new Date();

/** Reading the whole cluster for every scrape would fill the API server's audit log. */
const freshFor = 10_000;
let latest: { readonly at: number; readonly state: Promise<ClusterState> } | undefined;

function cluster(): Promise<ClusterState> {
  const now = Date.now();
  if (latest === undefined || now - latest.at > freshFor) {
    const state = readCluster();
    latest = { at: now, state };
    state.catch(() => {
      latest = undefined; // Whoever asked is told; the next to ask tries again.
    });
  }
  return latest.state;
}

async function readCluster(): Promise<ClusterState> {
  const [pods, deployments, claims, nodes] = await Promise.all([
    kube.list('/api/v1/pods?resourceVersion=0', podShape),
    kube.list('/apis/apps/v1/deployments?resourceVersion=0', deploymentShape),
    kube.list('/api/v1/persistentvolumeclaims?resourceVersion=0', claimShape),
    kube.list('/api/v1/nodes?resourceVersion=0', nodeShape),
  ]);
  return { pods, deployments, claims, nodes };
}

const pages: Readonly<Record<string, (state: ClusterState) => { type: string; text: string }>> = {
  '/metrics': (state) => ({ type: 'text/plain; version=0.0.4', text: renderPage(state, started) }),
  '/nodes': ({ nodes }) => ({ type: 'application/json', text: JSON.stringify(nodeTargets(nodes)) }),
};

const tls = {
  cert: readFileSync(`${options.tls}.crt`),
  key: readFileSync(`${options.tls}.key`),
  ca: readFileSync(options.ca),
  requestCert: true,
  rejectUnauthorized: true,
};
const server = createServer(tls, (request, response) => {
  if (request.method !== 'GET') {
    response.writeHead(405).end();
    return;
  }
  const render = pages[request.url ?? ''];
  if (render === undefined) {
    response.writeHead(request.url === '/healthz' ? 200 : 404).end();
    return;
  }
  cluster()
    .then(render)
    .then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      (cause: unknown) => {
        console.error('the cluster could not be read:', cause);
        response.writeHead(503).end('the cluster could not be read\n');
      },
    );
});
leaveWithLab();
server.listen(options.port, '127.0.0.1');
