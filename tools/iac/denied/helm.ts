import { type FlagTable, flagTable, isOn, lastOf, type ReadWords, readWords, takeVerb, withFlags } from './flags.ts';
import { type SetKind, setWishes } from './helm-set.ts';
import { refuse } from './no-edit.ts';
import type { DeniedCommand } from './port.ts';
import { namespaceOf, plainObjectName } from './target.ts';
import { inOrder, wishesOf } from './wishes.ts';

/** Of Helm 3 and 4. `--wait` has a value of its own in 4, behind `=`. */
const everywhere = flagTable(
  'burst-limit= color= colour= content-cache= debug h/help kube-apiserver= kube-as-group= kube-as-user= kube-ca-file=',
  'kube-context= kube-insecure-skip-tls-verify kube-tls-server-name= kube-token= kubeconfig= n/namespace= qps=',
  'registry-config= repository-cache= repository-config=',
);
const ofUpgrade = flagTable(
  'atomic ca-file= cert-file= cleanup-on-fail create-namespace dependency-update description= devel',
  'disable-openapi-validation dry-run? enable-dns force force-conflicts force-replace hide-notes hide-secret history-max=',
  'insecure-skip-tls-verify i/install key-file= keyring= l/labels= no-hooks o/output= pass-credentials password= plain-http',
  'post-renderer= post-renderer-args= render-subchart-notes repo= reset-then-reuse-values reset-values reuse-values',
  'rollback-on-failure server-side= set= set-file= set-json= set-literal= set-string= skip-crds skip-schema-validation',
  'take-ownership timeout= username= f/values= verify version= wait? wait-for-jobs recreate-pods',
);
const ofRest = flagTable(
  'cascade= cleanup-on-fail description= dry-run? force force-conflicts force-replace history-max= ignore-not-found',
  'keep-history no-hooks recreate-pods server-side= timeout= wait? wait-for-jobs',
);

const looks: ReadonlySet<string> = new Set(['rollback', 'uninstall', 'un', 'delete', 'del']);

/** What a release is among the objects a stack makes: its fields are its values. */
const releaseKind = 'HelmRelease';

export function readHelm(argv: readonly string[]): DeniedCommand {
  const { verb, rest } = takeVerb(argv, everywhere) ?? refuse('it names no command of Helm');
  if (looks.has(verb)) return lookOf(readHelmWords(rest, ofRest), verb);
  if (verb === 'install') refuse('it makes a new release: write it into a stack');
  if (verb !== 'upgrade') refuse('it is no command of Helm that gives a release other values');
  const words = readHelmWords(rest, ofUpgrade);
  const [release, chart, ...more] = words.args;
  if (release === undefined || chart === undefined || more.length > 0)
    refuse('it does not name one release and one chart');
  if (words.flags.has('values') || words.flags.has('set-file'))
    refuse('it takes values from files, which are not read here: write them into the stack');
  if (isOn(words, 'reset-values'))
    refuse('it sets every other value back to the chart’s: write into the stack which are to go');
  const wished = inOrder(inPrecedence.flatMap(([flag, kind]) => valuesOf(words, flag, kind)));
  if (wished.length === 0 && words.flags.has('version'))
    refuse('the version of a chart is none of its values: it stands in the stack beside them');
  const besides = besidesOf(words);
  return {
    is: 'edit',
    kind: releaseKind,
    name: plainObjectName(release),
    namespace: namespaceOf(words),
    wishes: wishesOf(wished),
    containersNamed: true,
    ...(besides === undefined ? {} : { besides }),
  };
}

/** Helm takes its flags in this order, whatever order they stand in; of two that set one value, the later one counts. */
const inPrecedence: readonly (readonly [string, SetKind])[] = [
  ['set-json', 'json'],
  ['set', 'set'],
  ['set-string', 'string'],
  ['set-literal', 'literal'],
];

function valuesOf({ flags }: ReadWords, flag: string, kind: SetKind) {
  return (flags.get(flag) ?? []).flatMap((text) => setWishes(text, kind));
}

function readHelmWords(rest: readonly string[], table: FlagTable): ReadWords {
  const words = readWords(rest, withFlags(everywhere, table));
  const dryRun = lastOf(words, 'dry-run');
  if (isOn(words, 'help')) refuse('it changes nothing');
  if (dryRun !== undefined && dryRun !== 'none' && dryRun !== 'false') refuse('it changes nothing: a dry run');
  return words;
}

/** Behind the release, `rollback` names a revision. */
function lookOf(words: ReadWords, verb: string): DeniedCommand {
  const [release = refuse('it names no release'), second] = words.args;
  if (second !== undefined && verb !== 'rollback') refuse('it changes several releases: one at a time');
  return { is: 'look', kind: releaseKind, name: plainObjectName(release), namespace: namespaceOf(words) };
}

function besidesOf(words: ReadWords): string | undefined {
  const { flags } = words;
  if (flags.has('version'))
    return 'the version of the chart that it names is not among its values: it stands in the stack';
  if (!isOn(words, 'reuse-values') && !isOn(words, 'reset-then-reuse-values'))
    return 'without --reuse-values it would have dropped every value it does not name';
  if (['kube-context', 'kubeconfig', 'kube-apiserver'].some((name) => flags.has(name)))
    return 'it names a cluster of its own: see that it is the one these stacks are for';
  return undefined;
}
