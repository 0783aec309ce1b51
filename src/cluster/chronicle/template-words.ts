import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { at, listAt, textAt } from '../fields.ts';
import type { Shape } from '../shape.ts';
import { nameText, plainText } from '../words.ts';

/** What is remembered of a pod template, and how two of them differ, in words. */
export const template = z.object({
  containers: z.record(z.string(), z.object({ image: z.string(), memory: z.string(), cpu: z.string() })),
  chart: z.string(),
  /** When `kubectl rollout restart` asked for it; empty: it did not. */
  restarted: z.string(),
});
export type Template = z.infer<typeof template>;

const container: Shape = { name: true, image: true, resources: { limits: { memory: true, cpu: true } } };

const restartedAt = 'kubectl.kubernetes.io/restartedAt';

export const templateShape: Shape = {
  metadata: { labels: { 'helm.sh/chart': true }, annotations: { [restartedAt]: true } },
  spec: { containers: container, initContainers: container },
};

export function condenseTemplate(from: JsonObject | undefined): Template {
  const spec = at(from, 'spec');
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map((one) => {
    const limits = at(one, 'resources', 'limits');
    const { memory, cpu } = { memory: limitText(limits?.['memory']), cpu: limitText(limits?.['cpu']) };
    return [nameText(one['name']), { image: imageText(textAt(one, 'image')), memory, cpu }] as const;
  });
  const metadata = at(from, 'metadata');
  return {
    containers: Object.fromEntries(containers),
    chart: plainText(textAt(at(metadata, 'labels'), 'helm.sh/chart') ?? '', /^[\w.+-]{0,120}$/),
    restarted: plainText(textAt(at(metadata, 'annotations'), restartedAt) ?? '', /^[\dTZ:+.-]{0,40}$/),
  };
}

export function imageText(image: string | undefined): string {
  return plainText(image, /^[\w./:@-]{1,300}$/);
}

function limitText(limit: JsonValue | undefined): string {
  return limit === undefined ? 'none' : plainText(String(limit), /^\d[\d.]{0,20}[A-Za-z]{0,2}$/);
}

/** `image web 1.2 → 1.3`, `memory limit 512Mi → 128Mi`; the container is named where there are several. */
export function templateChange(old: Template, now: Template): string {
  const several = Object.keys(now.containers).length > 1;
  const changes = Object.entries(now.containers).flatMap(([name, after]) => {
    const before = old.containers[name];
    const told = before === undefined ? [`new container, image ${after.image}`] : containerChanges(before, after);
    return told.map((one) => (several ? `${name}: ${one}` : one));
  });
  for (const name of Object.keys(old.containers)) {
    if (!Object.hasOwn(now.containers, name)) changes.push(`container ${name} removed`);
  }
  if (old.chart !== now.chart) changes.push(`chart ${old.chart || 'none'} → ${now.chart || 'none'}`);
  if (now.restarted !== '' && old.restarted !== now.restarted) changes.push('restarted with kubectl rollout restart');
  return changes.length === 0 ? 'images and limits as before, something else in the template' : changes.join('; ');
}

type Container = Template['containers'][string];

function containerChanges(before: Container, after: Container): readonly string[] {
  return [
    ...(before.image === after.image ? [] : [`image ${imageChange(before.image, after.image)}`]),
    ...(before.memory === after.memory ? [] : [`memory limit ${before.memory} → ${after.memory}`]),
    ...(before.cpu === after.cpu ? [] : [`cpu limit ${before.cpu} → ${after.cpu}`]),
  ];
}

/** The repository is said once where it stays the same. */
function imageChange(before: string, after: string): string {
  const [[oldName, oldTag], [newName, newTag]] = [split(before), split(after)];
  return oldName === newName ? `${newName} ${oldTag} → ${newTag}` : `${before} → ${after}`;
}

function split(image: string): readonly [name: string, tag: string] {
  const start = image.includes('@') ? image.indexOf('@') : image.indexOf(':', image.lastIndexOf('/') + 1);
  return start <= 0 ? [image, 'no tag'] : [image.slice(0, start), image.slice(start + 1)];
}

export function imagesText({ containers }: Template): string {
  const images = [...new Set(Object.values(containers).map(({ image }) => image))];
  return `${images.length === 1 ? 'image' : 'images'} ${images.slice(0, 3).join(', ')}${images.length > 3 ? ' …' : ''}`;
}
