import { at, listAt, textAt } from './fields.ts';
import type { ClusterObject } from './reader.ts';
import type { Shape } from './shape.ts';
import { plainText } from './words.ts';

const containers: Shape = { containers: { image: true }, initContainers: { image: true } };

/** What `imagesOf` reads, of pods and of everything that makes them. */
export const imageShape: Shape = {
  spec: {
    ...containers,
    template: { spec: containers },
    jobTemplate: { spec: { template: { spec: containers } } },
  },
};

const imageName = /^[\w.\-/:@]{1,250}$/;

/** One for each container; `?` for what is no image's name. Of a digest, what is needed to tell it from others. */
export function imagesOf({ body }: ClusterObject): readonly string[] {
  const specs = [
    at(body, 'spec'),
    at(body, 'spec', 'template', 'spec'),
    at(body, 'spec', 'jobTemplate', 'spec', 'template', 'spec'),
  ];
  return specs
    .flatMap((spec) => [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')])
    .map((container) =>
      plainText(textAt(container, 'image'), imageName).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…'),
    );
}

const floatingTags = /^(?:latest|stable|main|master|edge|nightly|dev|develop|beta|rc|release|lts|current)$/;

/** Why an image may be another one tomorrow under the same name; undefined when its tag or digest says which it is. */
export function floatingTag(image: string): string | undefined {
  if (image.includes('@')) return undefined;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  if (tag === undefined) return 'no tag';
  return floatingTags.test(tag) ? `:${tag}` : undefined;
}
