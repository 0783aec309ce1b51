import { CastellanError } from '../../../kit/index.ts';
import { ageText, at, millisecondsSince } from '../../fields.ts';
import { healthOf } from '../../health/health-of.ts';
import { type Container, containersOf } from '../../pod/containers.ts';
import type { ClusterObject, ClusterReader, LogLine, LogOptions } from '../../reader.ts';
import { nameText } from '../../words.ts';
import { type Line, quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** The container whose words are most likely to explain what is wrong. */
interface Speaker {
  readonly pod: ClusterObject;
  readonly container: string;
  /** Its running instance, the one before, or both. */
  readonly instances: readonly ('current' | 'previous')[];
}

const lastLines = 10;

/** A node that is down answers no question about its logs. */
const patienceMs = 3_000;

/** The last words of a failing container, before it died and since; nothing when none fails or none ever ran. */
export async function logSections(
  around: Surroundings,
  { cluster, signal }: { readonly cluster: ClusterReader; readonly signal: AbortSignal },
): Promise<readonly Section[]> {
  const speaker = speakerOf(around);
  if (speaker === undefined) return [];
  const { pod, container, instances } = speaker;
  const sections = await Promise.all(
    instances.map(async (instance) => {
      const before = instance === 'previous' ? 'its instance before, ' : '';
      const title = `log of ${before}container ${nameText(container)} of Pod ${pod.name}`;
      const options = { container, previous: instance === 'previous', tail: lastLines };
      return section(title, await lastWords(cluster, pod, options, { now: around.now, signal }));
    }),
  );
  return sections.filter((one) => one !== undefined);
}

async function lastWords(
  cluster: ClusterReader,
  { namespace, name }: ClusterObject,
  options: Omit<LogOptions, 'signal'>,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<readonly Line[]> {
  const late = AbortSignal.timeout(patienceMs);
  try {
    const { lines } = await cluster.logs({ namespace, name }, { ...options, signal: AbortSignal.any([signal, late]) });
    return lines.length === 0 ? ['it wrote nothing'] : lines.map((line) => lineOf(line, now));
  } catch (error) {
    if (!signal.aborted && late.aborted) return [`not read: no answer in ${patienceMs / 1_000} s`];
    if (error instanceof CastellanError) return [`not read: ${error.code}`];
    throw error;
  }
}

function lineOf({ at: when, text }: LogLine, now: Date): Line {
  return quoted(when === undefined ? '-' : ageText(millisecondsSince(when, now)), text);
}

function speakerOf({ pods, now }: Surroundings): Speaker | undefined {
  for (const pod of pods ?? []) {
    if (healthOf(pod).judge(pod, now).status !== 'problem') continue;
    for (const container of containersOf(pod)) {
      const instances = instancesOf(container);
      if (instances.length > 0) return { pod, container: container.name, instances };
    }
  }
  return undefined;
}

/** A container that is well says nothing of what is wrong, and one that never ran says nothing at all. */
function instancesOf({ status }: Container): Speaker['instances'] {
  const [running, ended] = [at(status, 'state', 'running'), at(status, 'state', 'terminated')];
  const died = at(status, 'lastState', 'terminated') !== undefined;
  if (ended !== undefined) return ended['exitCode'] === 0 ? [] : ['current'];
  if (running === undefined) return died ? ['previous'] : [];
  return status['ready'] === true && !died ? [] : died ? ['previous', 'current'] : ['current'];
}
