import { lastOf } from './flags.ts';
import type { KubectlEdit, KubectlWords } from './kubectl-edit.ts';
import { refuse } from './no-edit.ts';
import { targetOf } from './target.ts';

/** `kubectl scale deploy/x --replicas=3`. What it asks of the object as it is now (`--current-replicas`) is not of the source. */
export function scale(words: KubectlWords): KubectlEdit {
  const said = lastOf(words, 'replicas') ?? refuse('it does not say how many replicas');
  if (!/^(?:0|[1-9]\d{0,8})$/.test(said)) refuse('how many replicas it asks for is no plain number');
  const target = targetOf(words.args, words);
  const path = target.kind.scale ?? refuse('which field says how many there are of this kind is not known here');
  return { target, wished: [{ path, value: Number(said) }] };
}
