import type { JsonValue } from '../../../../kit/index.ts';
import { isExternal, offersPort } from '../../../service/service.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText, portText } from '../../../words.ts';

/** What a route leads to. */
export interface Backend {
  readonly namespace: string;
  readonly name: JsonValue | undefined;
  /** Its number or its name; undefined where the route leaves it open. */
  readonly port: JsonValue | undefined;
}

/** `there is no Service web`, `Service web has no port 8080`; undefined when both are there. */
export function missingBackend(view: ClusterView, { namespace, name, port }: Backend): string | undefined {
  const service = typeof name === 'string' ? view.get('services', namespace, name) : undefined;
  if (service === undefined) return `there is no Service ${nameText(name)}`;
  // Ports of an external name are not used: the one asked for is taken as it is.
  if (port === undefined || isExternal(service) || offersPort(service, port)) return undefined;
  return `Service ${nameText(name)} has no port ${portText(port)}`;
}
