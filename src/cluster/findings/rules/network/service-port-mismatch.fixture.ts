import type { JsonObject, JsonValue } from '../../../../kit/index.ts';
import { fixtureNow, make, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = (port: JsonObject, spec: JsonObject = {}): JsonObject =>
  make('v1 Service', 'shop/web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, ...port }], ...spec } });

const web = (ports: readonly JsonValue[] | undefined, more: JsonObject = {}): JsonObject =>
  pod('shop/web-1', 'web', {
    spec: { containers: [{ name: 'main', ...(ports === undefined ? {} : { ports }) }], ...more },
  });

const http = { name: 'http', containerPort: 8080 };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'no pod has a port of that name',
      objects: [service({ targetPort: 'https' }), web([http])],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /port 80 .* named https/ }],
    },
    {
      because: 'the name is that of a port of another protocol',
      objects: [service({ targetPort: 'dns' }), web([{ name: 'dns', containerPort: 53, protocol: 'UDP' }])],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /named dns/ }],
    },
    {
      because: 'a name, where the pods declare nothing',
      objects: [service({ targetPort: 'http' }), web(undefined)],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /named http/ }],
    },
    {
      because: 'the number is none the pods declare',
      objects: [service({ targetPort: 9090 }), web([http])],
      finds: [{ object: 'Service shop/web', severity: 'notice', says: /leads to 9090, its pods declare 8080/ }],
    },
    {
      because: 'the number is none the pods declare, and they are asked at one they do',
      objects: [
        service({ targetPort: 9090 }),
        pod('shop/web-1', 'web', {
          spec: { containers: [{ name: 'main', ports: [http], readinessProbe: { httpGet: { port: 'http' } } }] },
        }),
      ],
      finds: [{ object: 'Service shop/web', severity: 'warning', says: /leads to 9090, its pods declare 8080/ }],
    },
    {
      because: 'the pods declare the port for another protocol',
      objects: [service({ targetPort: 8080, protocol: 'UDP' }), web([http])],
      finds: [
        { object: 'Service shop/web', severity: 'warning', says: /leads to 8080 by UDP, its pods declare it for TCP/ },
      ],
    },
    {
      because: 'without a target the port itself is it',
      objects: [service({}), web([http])],
      finds: [{ object: 'Service shop/web', severity: 'notice', says: /leads to 80/ }],
    },
  ],
  green: [
    {
      because: 'another port of the Service leads there by the protocol that is declared',
      objects: [
        make('v1 Service', 'shop/web', {
          spec: {
            selector: { app: 'web' },
            ports: [
              { port: 53, protocol: 'UDP' },
              { port: 53, protocol: 'TCP' },
            ],
          },
        }),
        web([{ containerPort: 53, protocol: 'UDP' }]),
      ],
    },
    { because: 'a pod has the named port', objects: [service({ targetPort: 'http' }), web([http])] },
    {
      because: 'one of two pods has it, as during a rollout',
      objects: [service({ targetPort: 'http' }), web([]), pod('shop/web-2', 'web')],
    },
    {
      because: 'a sidecar has it',
      objects: [
        service({ targetPort: 'http' }),
        web(undefined, { initContainers: [{ name: 'proxy', ports: [http] }] }),
      ],
    },
    {
      because: 'the pods declare no ports, which they need not',
      objects: [service({ targetPort: 9090 }), web(undefined)],
    },
    { because: 'a headless Service forwards nothing', objects: [service({}, { clusterIP: 'None' }), web([http])] },
    { because: 'it selects no pod, which is another finding', objects: [service({ targetPort: 'https' })] },
  ],
};
