import { isOn, lastOf, type ReadWords, readWords, takeVerb } from './flags.ts';
import type { KubectlEdit, KubectlWords } from './kubectl-edit.ts';
import { everywhere, flagsOf } from './kubectl-flags.ts';
import { annotate, label } from './kubectl-metadata.ts';
import { patch } from './kubectl-patch.ts';
import { scale } from './kubectl-scale.ts';
import { setEnv, setImage, setResources, setServiceAccount } from './kubectl-set.ts';
import { refuse } from './no-edit.ts';
import type { DeniedCommand, DeniedWords } from './port.ts';
import { manifestOf, readsInput, targetOf } from './target.ts';
import { wishesOf } from './wishes.ts';

const edits: ReadonlyMap<string, (words: KubectlWords) => KubectlEdit> = new Map([
  ['scale', scale],
  ['set image', setImage],
  ['set env', setEnv],
  ['set resources', setResources],
  ['set serviceaccount', setServiceAccount],
  ['patch', patch],
  ['annotate', annotate],
  ['label', label],
]);

/** What they would do is not said by their words, or is no value of a field; whose the object is may be asked all the same. */
const looks: ReadonlySet<string> = new Set(
  'edit,apply,create,replace,delete,rollout undo,rollout pause,rollout resume'.split(','),
);

const nodes = 'a node is no object of a stack: what is done to one is not written down in the source';
const reasons: ReadonlyMap<string, string> = new Map([
  [
    'rollout restart',
    'a restart is no field of the source: propose an annotation of the pod template in the stack, which rolls its pods',
  ],
  [
    'autoscale',
    'propose a HorizontalPodAutoscaler in the stack, and let the source no longer say how many replicas there are',
  ],
  ...['taint', 'cordon', 'uncordon', 'drain'].map((verb) => [verb, nodes] as const),
]);

const ofTwoWords: readonly string[] = ['set', 'rollout'];
const aliases: ReadonlyMap<string, string> = new Map([['set sa', 'set serviceaccount']]);

export function readKubectl(argv: readonly string[], { stdin }: DeniedWords): DeniedCommand {
  const { command, rest } = commandOf(argv);
  const why = reasons.get(command);
  if (why !== undefined) refuse(why);
  const table =
    flagsOf.get(command) ?? refuse('it is no command of kubectl that gives fields of an object another value');
  const words = { ...readWords(rest, table), stdin };
  if (isOn(words, 'help') || isOn(words, 'local') || isOn(words, 'list')) refuse('it changes nothing');
  const dryRun = lastOf(words, 'dry-run');
  if (dryRun !== undefined && dryRun !== 'none' && dryRun !== 'false') refuse('it changes nothing: a dry run');
  if (looks.has(command)) return lookOf(command, words);
  const edit = edits.get(command) ?? refuse('it is no command of kubectl that gives fields of an object another value');
  const { target, wished } = edit(words);
  const besides = elsewhere(words);
  return {
    is: 'edit',
    kind: target.kind.kind,
    name: target.name,
    namespace: target.namespace,
    wishes: wishesOf(wished),
    containersNamed: !wished.some(({ path }) => path.some((step) => typeof step === 'object' && 'only' in step)),
    ...(besides === undefined ? {} : { besides }),
  };
}

function commandOf(argv: readonly string[]): { readonly command: string; readonly rest: readonly string[] } {
  const first = takeVerb(argv, everywhere) ?? refuse('it names no command of kubectl');
  if (!ofTwoWords.includes(first.verb)) return { command: first.verb, rest: first.rest };
  const second = takeVerb(first.rest, everywhere) ?? refuse('it names no command of kubectl');
  const command = `${first.verb} ${second.verb}`;
  return { command: aliases.get(command) ?? command, rest: second.rest };
}

function lookOf(command: string, words: KubectlWords): DeniedCommand {
  if (readsInput(words)) return { is: 'look', ...manifestOf(words.stdin, words) };
  if (command === 'create') refuse('it makes a new object: write it into a stack');
  const { kind, name, namespace } = targetOf(words.args, words);
  return { is: 'look', kind: kind.kind, name, namespace };
}

const clusterFlags = ['context', 'kubeconfig', 'cluster', 'server'];

function elsewhere({ flags }: ReadWords): string | undefined {
  if (!clusterFlags.some((name) => flags.has(name))) return undefined;
  return 'it names a cluster of its own: see that it is the one these stacks are for';
}
