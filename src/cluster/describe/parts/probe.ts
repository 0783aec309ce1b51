import type { JsonObject, JsonValue } from '../../../kit/index.ts';
import { at, numberAt, textAt } from '../../fields.ts';
import { plainText, portText } from '../../words.ts';

/** `readiness http :8080/healthz every 10s`, `liveness exec every 30s after 60s`; what is the default is left out. */
export function probesOf(container: JsonObject): readonly string[] {
  return (['startup', 'readiness', 'liveness'] as const).flatMap((purpose) => {
    const probe = at(container, `${purpose}Probe`);
    return probe === undefined ? [] : [`${purpose} ${probeText(probe)}`];
  });
}

function probeText(probe: JsonObject): string {
  const delay = numberAt(probe, 'initialDelaySeconds') ?? 0;
  const failures = numberAt(probe, 'failureThreshold') ?? 3;
  const timeout = numberAt(probe, 'timeoutSeconds') ?? 1;
  return [
    handlerText(probe),
    `every ${numberAt(probe, 'periodSeconds') ?? 10}s`,
    ...(delay === 0 ? [] : [`after ${delay}s`]),
    ...(timeout === 1 ? [] : [`within ${timeout}s`]),
    ...(failures === 3 ? [] : [`${failures} failures allowed`]),
  ].join(' ');
}

/** A path or a command is somebody else's text: a path is shown in the form of one, a command never. */
function handlerText(probe: JsonObject): string {
  const http = at(probe, 'httpGet');
  if (http !== undefined) {
    const scheme = textAt(http, 'scheme') === 'HTTPS' ? 'https' : 'http';
    return `${scheme} ${portOf(http['port'])}${plainText(textAt(http, 'path') ?? '/', /^\/[\w./~%-]{0,80}$/)}`;
  }
  const tcp = at(probe, 'tcpSocket');
  if (tcp !== undefined) return `tcp ${portOf(tcp['port'])}`;
  const grpc = at(probe, 'grpc');
  if (grpc !== undefined) return `grpc ${portOf(grpc['port'])}`;
  return at(probe, 'exec') === undefined ? 'of an unknown form' : 'exec';
}

function portOf(port: JsonValue | undefined): string {
  return `:${portText(port)}`;
}
