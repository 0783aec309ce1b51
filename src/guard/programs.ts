import type { Kind } from './finding.ts';
import type { FlagRules } from './flags.ts';
import { list } from './marks.ts';

/** What is known of a guarded program: which words are verbs, which flags take the word behind them. */
export interface ProgramRules extends FlagRules {
  /** By verb of one or two words; `*` is any second word. */
  readonly verbs: ReadonlyMap<string, Kind | 'read'>;
  /** First words of verbs of two. */
  readonly grouped: ReadonlySet<string>;
  /** The words behind the verb are names of objects, which a reason may tell. */
  readonly targets: boolean;
  readonly dryRun: boolean;
}

/** The same as text: a hook pays for what it prepares, and most commands are about no program or one. */
interface ProgramText {
  /** Flags that take the word behind them, by blanks. */
  readonly values: string;
  /** Verbs by blanks; `a/b` is the verb of two words `a b`. */
  readonly read?: string;
  readonly mutation?: string;
  readonly reach?: string;
  readonly secret?: string;
  readonly targets?: boolean;
  readonly goFlags?: boolean;
  readonly dryRun?: boolean;
}

function program(values: string, verbs: Omit<ProgramText, 'values'>): ProgramText {
  return { values, ...verbs };
}

const prepared = new Map<string, ProgramRules>();

/** Undefined for a program that is not guarded. */
export function rulesOf(name: string): ProgramRules | undefined {
  const text = programs.get(name);
  if (text === undefined) return undefined;
  const rules = prepared.get(name) ?? rulesIn(text);
  prepared.set(name, rules);
  return rules;
}

function rulesIn({ values, targets = false, goFlags = false, dryRun = false, ...kinds }: ProgramText): ProgramRules {
  const verbs = new Map<string, Kind | 'read'>();
  const grouped = new Set<string>();
  for (const kind of ['read', 'mutation', 'reach', 'secret'] as const) {
    for (const name of list(kinds[kind] ?? '')) {
      const [first = name, second] = name.split('/');
      if (second !== undefined) grouped.add(first);
      verbs.set(second === undefined ? first : `${first} ${second}`, kind);
    }
  }
  return { values: new Set(list(values)), verbs, grouped, targets, goFlags, dryRun };
}

const kubeFlags = `-n --namespace --context --kubeconfig --cluster --user --token --server -s --as --as-group --as-uid --cache-dir
  --certificate-authority --client-certificate --client-key --request-timeout --tls-server-name --password --username --profile -v --v
  --vmodule -f --filename -k --kustomize -l --selector --field-manager --field-selector --grace-period --timeout -o --output --template
  -p --patch --patch-file --type --subresource --image --env --port --labels --annotations --overrides --override-type --replicas
  --current-replicas --resource-version --from-literal --from-file --from-env-file --prune-allowlist --min --max --cpu-percent --name
  --target-port --protocol --external-ip --cluster-ip --limits --requests --containers -c --container --to-revision --revision --sort-by
  -L --label-columns --raw --chunk-size --since --since-time --tail --verb --for --api-group --tail --prefix`;
const terraformVerbs = {
  read: `init plan validate fmt graph providers version get show output state/list state/show workspace/list workspace/show
    workspace/select metadata modules providers/lock providers/mirror providers/schema providers/list`,
  mutation: `apply destroy import taint untaint refresh force-unlock test state/mv state/rm state/push state/replace-provider
    workspace/new workspace/delete workspace/* state/*`,
  secret: 'console login state/pull',
};
const vaultRules = {
  read: `status version list path-help server monitor kv/list policy/list policy/read policy/fmt auth/list auth/help
    secrets/list audit/list plugin/list plugin/info namespace/list namespace/lookup operator/members operator/key-status operator/usage
    operator/raft token/capabilities lease/lookup pki/health-check pki/list-intermediates pki/verify-sign kv/metadata`,
  mutation: `write delete patch kv/put kv/patch kv/delete kv/destroy kv/undelete kv/rollback kv/enable-versioning secrets/* auth/* policy/*
    audit/* plugin/* namespace/* operator/* lease/* pki/* transit/* token/revoke token/renew agent proxy debug`,
  secret: 'read kv/get kv/* unwrap login print/token print/* token/create token/lookup token/* operator/generate-root',
  reach: 'ssh',
  goFlags: true,
};
export const programs: ReadonlyMap<string, ProgramText> = new Map([
  [
    'kubectl',
    program(kubeFlags, {
      read: `get describe logs top diff explain api-resources api-versions version cluster-info wait events completion kustomize help options
      plugin convert auth/can-i auth/whoami config rollout/status rollout/history apply/view-last-applied krew neat tree ns ctx who-can stern
      whoami project projects status`,
      mutation: `apply create delete edit patch replace scale autoscale annotate label set rollout/* expose cordon uncordon drain taint
      certificate auth/reconcile auth/* adm new-app new-project start-build import-image policy process tag secrets`,
      reach: 'exec attach cp debug port-forward proxy run rsh rsync',
      secret: 'create/token login extract',
      targets: true,
      dryRun: true,
    }),
  ],
  [
    'helm',
    program(
      `-n --namespace --kube-context --kubeconfig --kube-token --kube-apiserver --kube-as-user --kube-as-group --kube-ca-file --burst-limit
     --qps --registry-config --repository-cache --repository-config --set --set-string --set-file --set-json --set-literal -f --values
     --version --repo --timeout --description --post-renderer --post-renderer-args --history-max --username --password --ca-file
     --cert-file --key-file --keyring -o --output --revision -l --labels`,
      {
        read: `list ls status history hist search show inspect template lint version env repo dependency dep pull fetch package completion
        plugin help verify create registry push get/notes get/hooks get/metadata diff dashboard`,
        mutation: 'install upgrade uninstall delete del un rollback test',
        secret: 'get/values get/manifest get/all get/* secrets/decrypt secrets/dec secrets/view secrets/edit',
        targets: true,
        dryRun: true,
      },
    ),
  ],
  [
    'helmfile',
    program(
      `-f --file -e --environment -l --selector -n --namespace --kube-context -b --helm-binary --log-level --state-values-set
     --state-values-file --args -c --chart --set --values --concurrency`,
      {
        read: 'diff template list lint status fetch deps repos build write-values show-dag cache version init help completion',
        mutation: 'apply sync destroy delete charts test',
      },
    ),
  ],
  [
    'terraform',
    program('-var -var-file -target -out -state -backend-config -lock-timeout -parallelism -replace', {
      ...terraformVerbs,
      goFlags: true,
    }),
  ],
  [
    'terragrunt',
    program(
      `--terragrunt-working-dir --working-dir --terragrunt-config --config --terragrunt-source --source --queue-include-dir
     --queue-exclude-dir --terragrunt-include-dir --terragrunt-exclude-dir --parallelism --terragrunt-parallelism --log-level
     --terragrunt-log-level --iam-assume-role --download-dir --terragrunt-download-dir --tf-path --terragrunt-tfpath --graph-root --filter
     --log-format -var -var-file -target -out`,
      {
        ...terraformVerbs,
        read: `${terraformVerbs.read} hclfmt hclvalidate hcl render-json render graph-dependencies dag validate-inputs list find info
        terragrunt-info scaffold catalog help plan-all validate-all output-module-groups stack/generate stack/clean stack/output`,
        mutation: `${terraformVerbs.mutation} apply-all destroy-all backend aws-provider-patch`,
        secret: `${terraformVerbs.secret} output-all`,
        goFlags: true,
      },
    ),
  ],
  [
    'vault',
    program(
      `-address -namespace -ns -ca-cert -ca-path -client-cert -client-key -tls-server-name -mount -field -format -wrap-ttl -header -mfa
     -version -policy -method -path`,
      vaultRules,
    ),
  ],
  [
    'flux',
    program(
      '-n --namespace --context --kubeconfig --timeout --cluster --as --as-group --token --server --source --path --kind',
      {
        read: 'get logs events check tree trace stats diff build export version completion list envsubst pull help',
        mutation: 'reconcile suspend resume create delete install uninstall bootstrap migrate push tag',
        secret: 'debug',
        targets: true,
      },
    ),
  ],
  [
    'argocd',
    program(
      '--server --auth-token --config --grpc-web-root-path --kube-context -N --app-namespace --revision --project -o --output -l',
      {
        read: `version context completion help app/get app/list app/diff app/history app/manifests app/logs app/resources app/wait proj/get
      proj/list cluster/get cluster/list repo/get repo/list repocreds/list account/get account/list account/can-i account/get-user-info
      appset/get appset/list cert/list gpg/list gpg/get logout`,
        mutation: 'app/* proj/* cluster/* repo/* repocreds/* account/* appset/* cert/* gpg/* admin',
        secret: 'login relogin account/generate-token account/bcrypt',
        targets: true,
      },
    ),
  ],
  [
    'sops',
    program('--age -a --pgp -p --kms -k --input-type --output-type --output --extract --config --set', {
      read: 'encrypt updatekeys filestatus groups keyservice publish set unset rotate help completion',
      secret: 'decrypt exec-env exec-file edit',
    }),
  ],
  [
    'psql',
    program(
      `-h --host -p --port -U --username -d --dbname -c --command -f --file -v --set --variable -o --output -F -P --pset -R -T -L
    --log-file --field-separator`,
      {},
    ),
  ],
]);

/** Other names of the same programs, or of forks of them. */
export const sameAs: ReadonlyMap<string, string> = new Map([
  ['oc', 'kubectl'],
  ['kubecolor', 'kubectl'],
  ['tofu', 'terraform'],
  ['opentofu', 'terraform'],
  ['bao', 'vault'],
  ['helm3', 'helm'],
]);
