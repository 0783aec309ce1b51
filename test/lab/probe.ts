import { readFileSync } from 'node:fs';
import { request } from 'node:https';

export interface ProbeTarget {
  readonly port: number;
  readonly path: string;
  /** The authority whose certificate must answer: a stranger on the same port does not count as ours. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Whether this lab's own server answers 200. */
export function answersOk(target: ProbeTarget): Promise<boolean> {
  return new Promise((answered) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: target.port,
        path: target.path,
        ca: readFileSync(target.ca),
        cert: readFileSync(target.cert),
        key: readFileSync(target.key),
        agent: false,
        timeout: 3_000,
      },
      (response) => {
        response.resume();
        response.on('end', () => answered(response.statusCode === 200));
        response.on('error', () => answered(false));
      },
    );
    call.on('timeout', () => call.destroy());
    // Not listening yet, or not ours: either way not ready.
    call.on('error', () => answered(false));
    call.end();
  });
}
