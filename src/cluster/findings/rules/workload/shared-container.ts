import { at, textAt } from '../../../fields.ts';
import type { Container } from '../../../pod/containers.ts';
import { counted } from '../../../words.ts';

/** What keeps a container waiting. */
export interface Obstacle {
  readonly kind: 'image' | 'configuration' | 'crash';
  readonly reason: string;
  /** What the kubelet says of it. */
  readonly message: string | undefined;
}

const image =
  /^(?:ImagePullBackOff|ErrImage.*|ImageInspectError|InvalidImageName|RegistryUnavailable|SignatureValidationFailed)$/;

/** Undefined when it is not waiting, or only being made. */
export function obstacleOf({ status }: Container): Obstacle | undefined {
  const waiting = at(status, 'state', 'waiting');
  const [reason, message] = [textAt(waiting, 'reason'), textAt(waiting, 'message')];
  if (reason === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing') return undefined;
  const configuration = reason === 'CreateContainerConfigError' || reason === 'CreateContainerError';
  return { kind: image.test(reason) ? 'image' : configuration ? 'configuration' : 'crash', reason, message };
}

/** Its name, where the pod has several and the name tells which. */
export function nameAmong(containers: readonly Container[], { name }: Container): string | undefined {
  return containers.length > 1 ? name : undefined;
}

export function restartsText(restarts: number): string {
  return restarts === 0 ? '' : `, ${counted(restarts, 'restart')}`;
}
