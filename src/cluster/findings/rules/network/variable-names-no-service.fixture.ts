import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = (name: string, spec: JsonObject = {}): JsonObject =>
  make('v1 Service', `shop/${name}`, { spec: { selector: { app: name }, ports: [{ port: 6379 }], ...spec } });
const web = (name: string, value: string, replicas = 1): JsonObject =>
  deployment('shop/web', 'web', {
    replicas,
    template: { spec: { containers: [{ name: 'main', env: [{ name, value }] }] } },
  });
const finds = (says: RegExp) => [{ object: 'Deployment shop/web', severity: 'warning', says }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'one letter too many',
      objects: [service('basket'), web('BASKET_ADDR', 'baskets:6379')],
      finds: finds(/^variable BASKET_ADDR names Service baskets, which does not exist: basket does$/),
    },
    {
      because: 'another letter, in a URL with a namespace',
      objects: [service('basket'), web('BASKET_URL', 'http://baskit.shop.svc.cluster.local:6379/v1')],
      finds: finds(/names Service baskit, .*: basket does$/),
    },
    {
      because: 'a word was added, and there is no port',
      objects: [service('basket'), web('BASKET_HOST', 'basket-old')],
      finds: finds(/names Service basket-old/),
    },
    {
      because: 'the Service has another port',
      objects: [service('basket'), web('BASKET_ADDR', 'basket:6380')],
      finds: finds(/^variable BASKET_ADDR names port 6380 of Service basket, which it has not$/),
    },
  ],
  green: [
    { because: 'it is there, with that port', objects: [service('basket'), web('BASKET_ADDR', 'basket:6379')] },
    {
      because: 'it is there, with the port of its protocol',
      objects: [service('basket'), web('BASKET_HOST', 'basket')],
    },
    {
      because: 'nothing is near: an assistant that nobody installed',
      objects: [service('basket'), web('ASSISTANT_ADDR', 'assistant:80')],
    },
    { because: 'a host of somebody else', objects: [service('basket'), web('API_URL', 'https://baskets.example.net')] },
    { because: 'a word that is no address', objects: [service('basket'), web('MODE', 'baskets')] },
    {
      because: 'its pods are met without a virtual address',
      objects: [service('basket', { clusterIP: 'None' }), web('BASKET_ADDR', 'basket:6380')],
    },
    { because: 'nobody runs it now', objects: [service('basket'), web('BASKET_ADDR', 'baskets:6379', 0)] },
    { because: 'names this short are near by chance', objects: [service('api'), web('APP_HOST', 'app')] },
  ],
};
