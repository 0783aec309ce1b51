import { constants } from 'node:os';
import type { JsonObject } from '../../../kit/index.ts';
import { numberAt, textAt } from '../../fields.ts';
import { type Container, deathOf } from '../../pod/containers.ts';

const signals = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

const plain: Readonly<Record<number, string>> = {
  0: 'it finished',
  1: 'an error of its own',
  2: 'an error of its own, often wrong arguments',
  125: 'the runtime could not run it',
};

/** How a container ended, with what its exit code means: `exit 143, it was told to stop (SIGTERM)`. */
export function endText(container: Container, terminated: JsonObject): string {
  const death = deathOf(container, terminated);
  const code = numberAt(terminated, 'exitCode');
  if (code === undefined || textAt(terminated, 'reason') === 'OOMKilled') return death;
  const signal = signals.get(code - 128);
  if (signal !== undefined) return `${death} (${signal})`;
  return Object.hasOwn(plain, code) ? `${death}, ${plain[code]}` : death;
}
