import { type FlagTable, flagTable, withFlags } from './flags.ts';

/** Of kubectl 1.37, and what older ones had. */
export const everywhere: FlagTable = flagTable(
  'as= as-group= as-uid= as-user-extra= cache-dir= certificate-authority= client-certificate= client-key= cluster=',
  'context= disable-compression h/help insecure-skip-tls-verify kubeconfig= kuberc= log-flush-frequency=',
  'match-server-version n/namespace= password= profile= profile-output= proxy-url= request-timeout= s/server=',
  'tls-server-name= token= user= username= v/v= vmodule= warnings-as-errors',
);

const shared = flagTable(
  'allow-missing-template-keys dry-run? field-manager= f/filename= k/kustomize= o/output= R/recursive l/selector=',
  'show-managed-fields template= all local record',
);

const table = (...said: readonly string[]): FlagTable => withFlags(everywhere, shared, flagTable(...said));

const metadata = table('A/all-namespaces field-selector= list overwrite resource-version=');
const applied = table(
  'cascade? force force-conflicts grace-period= openapi-patch overwrite prune prune-allowlist= prune-whitelist= save-config',
  'server-side subresource= timeout= validate? wait raw= windows-line-endings edit',
);

/** By what is typed behind `kubectl`. */
export const flagsOf: ReadonlyMap<string, FlagTable> = new Map([
  ['scale', table('current-replicas= replicas= resource-version= timeout=')],
  ['set image', table()],
  ['set env', table('c/containers= e/env= from= keys= list overwrite prefix= resolve')],
  ['set resources', table('c/containers= limits= requests=')],
  ['set serviceaccount', table()],
  ['patch', table('p/patch= patch-file= subresource= type=')],
  ['annotate', metadata],
  ['label', metadata],
  ['edit', table('output-patch save-config subresource= validate? windows-line-endings')],
  ['apply', applied],
  ['create', applied],
  ['replace', applied],
  [
    'delete',
    table(
      'A/all-namespaces cascade? field-selector= force grace-period= ignore-not-found i/interactive now raw= timeout= wait',
    ),
  ],
  ['rollout undo', table('to-revision=')],
  ['rollout pause', table()],
  ['rollout resume', table()],
]);
