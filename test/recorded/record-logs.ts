import { z } from 'zod';
import type { Api } from '../lab/api.ts';
import type { Item } from './choice.ts';

const podShape = z.object({
  status: z.object({
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          restartCount: z.int(),
          state: z.looseObject({ waiting: z.unknown().optional() }),
        }),
      )
      .default([]),
  }),
});

/**
 * The logs of the recorded pods, each text once. The lab's kubelets have lines for every container; a real one has none of a
 * container that never ran, and none from before a container that never restarted.
 */
export async function recordLogs(api: Api, pods: readonly Item[]): Promise<string> {
  const texts: string[] = [];
  const indexOf = (text: string): number => {
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  const now: Record<string, number> = {};
  const previous: Record<string, number> = {};
  for (const pod of pods) {
    const { namespace = '', name } = pod.metadata;
    for (const container of podShape.parse(pod).status.containerStatuses) {
      const place = `${namespace}/${name}/${container.name}`;
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?timestamps=true&container=${container.name}`;
      const ran = container.restartCount > 0 || container.state.waiting === undefined;
      if (ran) now[place] = indexOf(await api.text(path));
      if (container.restartCount > 0) previous[place] = indexOf(await api.text(`${path}&previous=true`));
    }
  }
  const lines = texts.map((text) => text.split('\n').filter((line) => line !== ''));
  return `{"texts":${JSON.stringify(lines, null, 1)},\n"now":${JSON.stringify(now, null, 1)},\n"previous":${JSON.stringify(previous, null, 1)}}\n`;
}
