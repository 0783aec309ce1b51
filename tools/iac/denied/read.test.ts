import { describe, expect, it } from 'vitest';
import { readDeniedCommand } from './read.ts';

/** As a shell would split it: words, and what stands in single quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
const read = (line: string, stdin?: string) => readDeniedCommand({ argv: words(line), stdin });

/** `spec.containers[name=web].env[only].value=3`: an object, and each of its fields. */
function said(line: string, stdin?: string): string {
  const command = read(line, stdin);
  if (command.is === 'none') return `none: ${command.why}`;
  const object = `${command.kind} ${command.namespace ?? '?'}/${command.name}`;
  if (command.is === 'look') return `look ${object}`;
  const fields = command.wishes.map(({ path, value }) => {
    const steps = path.map((step) => {
      if (typeof step === 'string') return step.includes('.') ? `"${step}"` : step;
      return typeof step === 'number' ? `[${step}]` : 'only' in step ? '[*]' : `[${step.name}]`;
    });
    return `${steps.join('.')}${value === undefined ? '-' : `=${JSON.stringify(value)}`}`;
  });
  return `${object} ${fields.join(' ')}`;
}

const pods = 'spec.template.spec';

describe('kubectl scale', () => {
  it.each([
    ['kubectl scale deploy/web --replicas=3', 'Deployment ?/web spec.replicas=3'],
    ['kubectl scale deployment web --replicas 0 -n mail', 'Deployment mail/web spec.replicas=0'],
    ['kubectl -n mail scale --replicas=3 sts web', 'StatefulSet mail/web spec.replicas=3'],
    [
      'kubectl --namespace=mail --context lab scale --replicas=3 deployments.apps/web',
      'Deployment mail/web spec.replicas=3',
    ],
    [
      'kubectl scale --current-replicas=2 --replicas=3 Deployment.v1.apps/web -nmail',
      'Deployment mail/web spec.replicas=3',
    ],
    ['kubectl scale -n=mail --replicas=1 --replicas=4 deploy/web', 'Deployment mail/web spec.replicas=4'],
    ['kubectl --replicas 3 scale deploy/web', 'Deployment ?/web spec.replicas=3'],
    ['kubectl -v6 scale --timeout 3m --replicas=3 -- deploy/web', 'Deployment ?/web spec.replicas=3'],
    ['kubectl -n scale scale deploy/patch --replicas=3', 'Deployment scale/patch spec.replicas=3'],
    ['kubectl scale clusters.postgresql.cnpg.io shared --replicas=2 -n db', 'Cluster db/shared spec.instances=2'],
    ['/usr/local/bin/kubectl scale deploy/web --replicas=3', 'Deployment ?/web spec.replicas=3'],
    ['k3s kubectl scale deploy/web --replicas=3', 'Deployment ?/web spec.replicas=3'],
    ['minikube kubectl -- scale deploy/web --replicas=3', 'Deployment ?/web spec.replicas=3'],
  ])('%s', (line, object) => expect(said(line)).toBe(object));

  it.each([
    ['kubectl scale deploy/a deploy/b --replicas=3', 'several objects'],
    ['kubectl scale deploy a b --replicas=3', 'several objects'],
    ['kubectl scale deploy,sts a --replicas=3', 'several objects'],
    ['kubectl scale deploy --all --replicas=0', 'several objects'],
    ['kubectl scale deploy -l app=web --replicas=0', 'several objects'],
    ['kubectl scale deploy --replicas=0', 'names no object'],
    ['kubectl scale -f web.yaml --replicas=0', 'in files'],
    ['kubectl scale deploy/web', 'how many replicas'],
    ['kubectl scale deploy/web --replicas=many', 'no plain number'],
    ['kubectl scale deploy/web --replicas=010', 'no plain number'],
    ['kubectl scale deploy/web --replicas=$N', 'no plain number'],
    ['kubectl scale deploy/$APP --replicas=3', 'not a plain one'],
    ['kubectl scale cm/web --replicas=3', 'which field says how many'],
    ['kubectl scale widgets/web --replicas=3', 'kind of object that is not known'],
    ['kubectl scale deployments.extensions/web --replicas=3', 'kind of object that is not known'],
    ['kubectl scale deploy/web --replicas=3 --dry-run=client', 'dry run'],
    ['kubectl scale deploy/web --replicas=3 --dry-run', 'dry run'],
    ['kubectl scale deploy/web --replicas', 'a flag has no value'],
    ['kubectl scale deploy/web --replicas=3 --unheard-of', 'not known here'],
    ['kubectl scale deploy/web --replicas=3 --help', 'changes nothing'],
    ['kubectl -- scale deploy/web --replicas=3', 'no command of kubectl'],
    ['kubectl', 'no command of kubectl'],
  ])('is no edit: %s', (line, why) => expect(said(line)).toMatch(new RegExp(`^none: .*${why}`)));
});

describe('kubectl set', () => {
  it.each([
    ['image deploy/web web=r.example.net/web:2', `${pods}.containers.[web].image="r.example.net/web:2"`],
    ['image deploy web web=w:2 side=s:3', `${pods}.containers.[web].image="w:2" ${pods}.containers.[side].image="s:3"`],
    ["image deploy/web '*=w:2'", `${pods}.containers.[*].image="w:2"`],
    ['env deploy/web LOG_LEVEL=debug', `${pods}.containers.[*].env.[LOG_LEVEL].value="debug"`],
    ['env deploy/web A=1 B- -c web', `${pods}.containers.[web].env.[A].value="1" ${pods}.containers.[web].env.[B]-`],
    ['env -e A=b=c,d deploy web', `${pods}.containers.[*].env.[A].value="b=c,d"`],
    ['env deploy/web --overwrite A=', `${pods}.containers.[*].env.[A].value=""`],
    ['env deploy/web -- A=scale', `${pods}.containers.[*].env.[A].value="scale"`],
    [
      'resources deploy web -c=web --limits=cpu=200m,memory=512Mi --requests memory=.5Gi',
      `${pods}.containers.[web].resources.limits.cpu="200m" ${pods}.containers.[web].resources.limits.memory="512Mi" ${pods}.containers.[web].resources.requests.memory=".5Gi"`,
    ],
    ['resources deploy web --limits=memory=1Gi', `${pods}.containers.[*].resources.limits.memory="1Gi"`],
    ['serviceaccount deploy/web robot', `${pods}.serviceAccountName="robot"`],
    ['sa deployment web robot', `${pods}.serviceAccountName="robot"`],
  ])('set %s', (line, fields) => expect(said(`kubectl -n mail set ${line}`)).toBe(`Deployment mail/web ${fields}`));

  it('finds the pods of every kind that has some', () => {
    expect(said('kubectl set image cj/nightly backup=b:2')).toBe(
      'CronJob ?/nightly spec.jobTemplate.spec.template.spec.containers.[backup].image="b:2"',
    );
    expect(said('kubectl set image po/x c=b:2')).toBe('Pod ?/x spec.containers.[c].image="b:2"');
  });

  it('says whether the containers are named', () => {
    expect(read('kubectl set image deploy/web web=w:2')).toMatchObject({ containersNamed: true });
    expect(read('kubectl set env deploy/web A=1')).toMatchObject({ containersNamed: false });
    expect(read('kubectl scale deploy/web --replicas=2')).toMatchObject({ containersNamed: true });
  });

  it.each([
    ['image deploy/web web=w:2 web=w:3', 'two values'],
    ["image deploy/web '*=w:2' web=w:3", 'two images'],
    ["image deploy/web 'we*=w:2'", 'pattern'],
    ['image deploy/web', 'gives no field'],
    ['image deploy/web web=', 'no plain name'],
    ['image deploy/web web=w:$TAG', 'no plain name'],
    ['image svc/web web=w:2', 'no containers'],
    ['image deploy/web web=w:2 sts/other', 'no pair'],
    ['image deploy/a deploy/b web=w:2', 'several objects'],
    ['image deploy/web web-', 'cannot be taken away'],
    ['env deploy/web --from=secret/x', 'from an object of the cluster'],
    ['env deploy/web A=1 --list', 'changes nothing'],
    ['env deploy/web A=1 A=2', 'two values'],
    ['env deploy/web A=1 -e A=2', 'two values'],
    ['env deploy/web A=1 A-', 'both sets and removes'],
    ['env deploy/web -e A', 'no pair'],
    ['env deploy/web -e -', 'not known here'],
    ['env deploy/web 2A=1', 'name of a variable'],
    ['env deploy/web A=$HOME', 'work out'],
    ['env deploy/web A=$(B)', 'work out'],
    ['env deploy/web A=`id`', 'work out'],
    ['env deploy/web --overwrite=false A=1', 'depends on what is set'],
    ["env deploy/web A=1 -c 'w?b'", 'pattern'],
    ['resources deploy/web', 'gives no field'],
    ['resources deploy/web --limits=memory', 'amount'],
    ['resources deploy/web --limits=memory=lots', 'amount'],
    ['resources deploy/web --limits=memory=-1', 'amount'],
    ['resources deploy/web --limits=memory=1Gi,memory=2Gi', 'twice'],
    ['serviceaccount deploy/web', 'names no object'],
    ['serviceaccount deploy/web A_B', 'no plain one'],
    ['selector svc/web app=web', 'no command of kubectl that'],
  ])('is no edit: set %s', (line, why) => expect(said(`kubectl set ${line}`)).toMatch(new RegExp(`^none: .*${why}`)));
});

describe('kubectl label, annotate', () => {
  it.each([
    ['label deploy/web tier=apps', 'Deployment ?/web metadata.labels.tier="apps"'],
    ['label deploy web a=1 b- --overwrite', 'Deployment ?/web metadata.labels.a="1" metadata.labels.b-'],
    [
      'annotate --overwrite ns mail example.net/owner=robin -n x',
      'Namespace ?/mail metadata.annotations."example.net/owner"="robin"',
    ],
    ['annotate ingressroute web note=a=b', 'IngressRoute ?/web metadata.annotations.note="a=b"'],
    ['label secret/x tier=apps', 'Secret ?/x metadata.labels.tier="apps"'],
  ])('%s', (line, object) => expect(said(`kubectl ${line}`)).toBe(object));

  it.each([
    ['label pods --all a=1', 'several objects'],
    ['label deploy -A a=1', 'several objects'],
    ['label deploy/web', 'gives no field'],
    ['label deploy/web a=1 a-', 'both sets and removes'],
    ['label deploy/web -- -=1', 'key of a label'],
    ['label deploy/web __proto__=1', 'key of a label'],
    ['label deploy/web --list', 'changes nothing'],
    ['label --local -f x.yaml a=1', 'changes nothing'],
  ])('is no edit: %s', (line, why) => expect(said(`kubectl ${line}`)).toMatch(new RegExp(`^none: .*${why}`)));
});

describe('kubectl patch', () => {
  it.each([
    [`-p '{"spec":{"replicas":3}}'`, 'spec.replicas=3'],
    [`--patch='{"spec":{"replicas":3}}' --type merge`, 'spec.replicas=3'],
    [`--subresource=scale --type=merge -p '{"spec":{"replicas":3}}'`, 'spec.replicas=3'],
    [`-p 'spec: {replicas: 3}'`, 'spec.replicas=3'],
    [`-p '{"metadata":{"annotations":{"a":null,"b":"c"}}}'`, 'metadata.annotations.a- metadata.annotations.b="c"'],
    [
      `-p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"w:2","env":[{"name":"A","value":"1"}]}]}}}}'`,
      `${pods}.containers.[web].image="w:2" ${pods}.containers.[web].env.[A].value="1"`,
    ],
    [`-p 'kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}'`, 'spec.replicas=3'],
    [`--type=json -p '[{"op":"replace","path":"/spec/replicas","value":3}]'`, 'spec.replicas=3'],
    [`--type=JSON -p '[{"op":"add","path":"/metadata/labels/a~1b~0c","value":"d"}]'`, 'metadata.labels.a/b~c="d"'],
    [`--type=json -p '[{"op":"remove","path":"/metadata/labels/7"}]'`, 'metadata.labels.7-'],
    [
      `--type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"w:2"}]'`,
      `${pods}.containers.[0].image="w:2"`,
    ],
    [
      `--type=json -p '[{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"A","value":"1"}}]'`,
      `${pods}.containers.[0].env.[A].value="1"`,
    ],
    [
      `--type=json -p '[{"op":"test","path":"/spec/template/spec/containers/0/env/1/name","value":"A"},{"op":"remove","path":"/spec/template/spec/containers/0/env/1"}]'`,
      `${pods}.containers.[0].env.[A]-`,
    ],
    [
      `--type=json -p '[{"op":"replace","path":"/spec/replicas","value":3},{"op":"replace","path":"/spec/replicas","value":4}]'`,
      'spec.replicas=4',
    ],
  ])('%s', (line, fields) => expect(said(`kubectl patch deploy web ${line}`)).toBe(`Deployment ?/web ${fields}`));

  it('of a custom resource, by position', () => {
    expect(
      said(
        `kubectl patch ingressroute web --type=json -p '[{"op":"replace","path":"/spec/routes/0/match","value":"x"}]'`,
      ),
    ).toBe('IngressRoute ?/web spec.routes.[0].match="x"');
  });

  it('takes it from its input where it says so', () => {
    const line = 'kubectl patch deploy/web --patch-file /dev/stdin';
    expect(said(line, 'spec:\n  replicas: 3\n')).toBe('Deployment ?/web spec.replicas=3');
    expect(said(line)).toMatch(/^none: .*in a file/);
  });

  it.each([
    [`-p '{"spec":{"replicas":3}'`, 'neither JSON nor YAML'],
    [`-p '{spec: {replicas: 3}}'`, 'neither JSON nor YAML'],
    [`-p 'spec: [&a x, *a]'`, 'neither JSON nor YAML'],
    [`-p 'a: 1\n---\nb: 2'`, 'neither JSON nor YAML'],
    [`-p 'a: 1\na: 2'`, 'neither JSON nor YAML'],
    [`-p 'metadata: {labels: {a: yes}}'`, 'in quotes'],
    [`-p 'metadata: {labels: {a: 010}}'`, 'in quotes'],
    [`-p 'metadata: {labels: {a: 2026-01-01}}'`, 'neither JSON nor YAML'],
    [`-p 'metadata: {labels: {a: !!str yes}}'`, 'neither JSON nor YAML'],
    [`-p '3'`, 'no object'],
    [`-p '[]'`, 'no object'],
    [`-p ''`, 'no patch'],
    ['', 'no patch'],
    ['--patch-file x.yaml', 'in a file'],
    [`-p '{}'`, 'without fields'],
    [`-p '{"spec":{"strategy":{}}}'`, 'without fields'],
    [`-p '{"spec":{"$patch":"replace","replicas":3}}'`, 'directive'],
    [`-p '{"spec":{"template":{"spec":{"containers":[{"name":"web","$patch":"delete"}]}}}}'`, 'directive'],
    [`-p '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"web"}]}}}}'`, 'directive'],
    [`--type=merge -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"w:2"}]}}}}'`, 'whole list'],
    [`-p '{"spec":{"template":{"spec":{"containers":[{"name":"web","args":["a"]}]}}}}'`, 'whole list'],
    [`-p '{"spec":{"template":{"spec":{"volumes":[{"name":"data","emptyDir":{}}]}}}}'`, 'whole list'],
    [`-p '{"spec":{"template":{"spec":{"containers":[{"image":"w:2"}]}}}}'`, 'has no name'],
    [`-p '{"metadata":{"name":"other"},"spec":{"replicas":3}}'`, 'another object'],
    [`-p '{"status":{"replicas":3}}'`, 'reports'],
    [`--subresource=status --type=merge -p '{"status":{"replicas":3}}'`, 'no field of the source'],
    [`--type=yaml -p '{"spec":{"replicas":3}}'`, 'type that there is not'],
    [`--type=json -p '{"spec":{"replicas":3}}'`, 'list of operations'],
    [`--type=json -p '[{"op":"move","from":"/spec/a","path":"/spec/b"}]'`, 'not understood'],
    [`--type=json -p '[{"op":"replace","path":"spec/replicas","value":3}]'`, 'path of its patch'],
    [`--type=json -p '[{"op":"replace","path":"/spec/a~2","value":3}]'`, 'path of its patch'],
    [`--type=json -p '[{"op":"replace","path":"/spec/replicas"}]'`, 'whole object'],
    [`--type=json -p '[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]'`, 'whole object'],
    [
      `--type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/env/1/value","value":"3"}]'`,
      'by its position',
    ],
    [
      `--type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0"},{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"w:2"}]'`,
      'move what its later ones count',
    ],
    [
      `--type=json -p '[{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"b"}}]'`,
      'adds to a list',
    ],
    [`-p '{"spec":{"replicas":12345678901234567890}}'`, 'too large'],
    [`-p '{"spec":{"replicas":1e999}}'`, 'too large'],
  ])('is no edit: %s', (line, why) =>
    expect(said(`kubectl patch deploy/web ${line}`)).toMatch(new RegExp(`^none: .*${why}`)),
  );

  it('does not carry what is in a Secret anywhere', () => {
    expect(said(`kubectl patch secret x -p '{"stringData":{"a":"b"}}'`)).toMatch(/^none: .*vault/);
    expect(said(`kubectl patch secret x --type=json -p '[{"op":"replace","path":"/data/a","value":"b"}]'`)).toMatch(
      /^none: .*vault/,
    );
  });

  it('of a custom resource, merges only as the API server would', () => {
    expect(said(`kubectl patch certificate x -p '{"spec":{"duration":"1h"}}'`)).toMatch(/^none: .*--type merge/);
    expect(said(`kubectl patch certificate x --type=merge -p '{"spec":{"duration":"1h"}}'`)).toBe(
      'Certificate ?/x spec.duration="1h"',
    );
  });
});

describe('what is only looked at', () => {
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: mail}\ndata: {a: b}\n';
  it.each([
    ['kubectl edit deploy/web -n mail', undefined, 'look Deployment mail/web'],
    ['kubectl edit deploy web', undefined, 'look Deployment ?/web'],
    ['kubectl delete pvc data --now', undefined, 'look PersistentVolumeClaim ?/data'],
    ['kubectl rollout undo deploy/web --to-revision=2', undefined, 'look Deployment ?/web'],
    ['kubectl apply -f -', manifest, 'look ConfigMap mail/web'],
    ['kubectl -n other replace --force -f -', manifest, 'look ConfigMap other/web'],
    ['kubectl apply -f - --server-side', `---\n${manifest}`, 'look ConfigMap mail/web'],
    ['helm rollback web 3', undefined, 'look HelmRelease ?/web'],
    ['helm uninstall web -n mail', undefined, 'look HelmRelease mail/web'],
  ])('%s', (line, stdin, object) => expect(said(line, stdin)).toBe(object));

  it.each([
    ['kubectl apply -f x.yaml', undefined, 'in files'],
    ['kubectl apply -k .', undefined, 'in files'],
    ['kubectl apply -f -', undefined, 'not known here'],
    ['kubectl apply -f -', `${manifest}---\n${manifest}`, 'several objects'],
    ['kubectl apply -f -', 'kind: List\nitems: []\n', 'one object'],
    ['kubectl apply -f -', 'kind: "Config Map\\nmore"\nmetadata: {name: x}', 'one object'],
    ['kubectl apply -f -', 'kind: ConfigMap\nmetadata: {name: "a b"}', 'not a plain one'],
    ['kubectl apply -f -', '{{ a', 'no manifest'],
    ['kubectl create deployment web --image=w:2', undefined, 'not known here'],
    ['kubectl delete deploy a b', undefined, 'several objects'],
    ['kubectl delete deploy --all', undefined, 'several objects'],
    ['kubectl rollout restart deploy/web', undefined, 'a restart is no field'],
    ['kubectl autoscale deploy/web --min=1 --max=3', undefined, 'HorizontalPodAutoscaler'],
    ['kubectl drain worker-1', undefined, 'a node is no object'],
    ['kubectl exec web -- scale deploy/web --replicas=3', undefined, 'no command of kubectl that'],
    ['kubectl run scale --image=w:2', undefined, 'no command of kubectl that'],
    ['helm uninstall a b', undefined, 'several releases'],
    ['terraform apply', undefined, 'only commands of kubectl and Helm'],
    ['', undefined, 'only commands of kubectl and Helm'],
  ])('is no edit: %s', (line, stdin, why) => expect(said(line, stdin)).toMatch(new RegExp(`^none: .*${why}`)));
});

describe('helm upgrade', () => {
  it.each([
    ['helm upgrade web repo/web --set replicas=3 --reuse-values -n mail', 'HelmRelease mail/web replicas=3'],
    ['helm -n mail upgrade --install web ./web --set image.tag=2.1.0', 'HelmRelease mail/web image.tag="2.1.0"'],
    [
      'helm upgrade web repo/web --set a=true,b=null,c=0,d=010,e=1.5,f=,g=-7',
      'HelmRelease ?/web a=true b- c=0 d="010" e="1.5" f="" g=-7',
    ],
    ['helm upgrade web repo/web --set-string replicas=3', 'HelmRelease ?/web replicas="3"'],
    ['helm upgrade web repo/web --set-json a=3,b="x,y",c=null', 'HelmRelease ?/web a=3 b="x,y" c-'],
    ['helm upgrade web repo/web --set-literal a.b=x,y=z', 'HelmRelease ?/web a.b="x,y=z"'],
    ['helm upgrade web repo/web --set hosts[0].name=x', 'HelmRelease ?/web hosts.[0].name="x"'],
    [
      'helm upgrade web repo/web --set nodes.example\\.net/tier=apps',
      'HelmRelease ?/web nodes."example.net/tier"="apps"',
    ],
    ['helm upgrade web repo/web --set a=x\\,y,b=z', 'HelmRelease ?/web a="x,y" b="z"'],
    ['helm upgrade --set-string a=1 --set a=2 web repo/web', 'HelmRelease ?/web a="1"'],
    ['helm upgrade --set a=1 --set a=2 web repo/web --wait --timeout 5m --version 1.2.3', 'HelmRelease ?/web a=2'],
  ])('%s', (line, object) => expect(said(line)).toBe(object));

  it('says what it would have done beside', () => {
    expect(read('helm upgrade web repo/web --set a=1')).toMatchObject({
      besides: expect.stringContaining('--reuse-values'),
    });
    expect(read('helm upgrade web repo/web --set a=1 --version 2')).toMatchObject({
      besides: expect.stringContaining('version of the chart'),
    });
    expect(read('helm upgrade web repo/web --set a=1 --reuse-values')).not.toHaveProperty('besides');
    expect(read('kubectl --context b scale deploy/web --replicas=3')).toMatchObject({
      besides: expect.stringContaining('cluster of its own'),
    });
  });

  it.each([
    ['helm upgrade web repo/web', 'gives no field'],
    ['helm upgrade web repo/web --version 2', 'version of a chart'],
    ['helm upgrade web repo/web -f values.yaml', 'from files'],
    ['helm upgrade web repo/web --set a=1 -f values.yaml', 'from files'],
    ['helm upgrade web repo/web --set-file a=b', 'from files'],
    ['helm upgrade web repo/web --set a={x,y}', 'whole list'],
    ['helm upgrade web repo/web --set-json a={"b":1}', 'whole object'],
    ['helm upgrade web repo/web --set-json a=[1]', 'whole object'],
    ['helm upgrade web repo/web --set a=1 --reset-values', 'back to the chart'],
    ['helm upgrade web repo/web --set a', 'cannot be read'],
    ['helm upgrade web repo/web --set a,b=1', 'cannot be read'],
    ['helm upgrade web repo/web --set a[x]=1', 'cannot be read'],
    ['helm upgrade web repo/web --set a[0', 'cannot be read'],
    ['helm upgrade web repo/web --set a[0]b=1', 'cannot be read'],
    ['helm upgrade web repo/web --set a..b=1', 'cannot be read'],
    ['helm upgrade web repo/web --set a=x\\', 'cannot be read'],
    ['helm upgrade web repo/web --set a=1,a.b=2', 'two values'],
    ['helm upgrade web repo/web --set a=9007199254740993', 'too large'],
    ['helm upgrade web repo/web --set a=$TAG', 'work out'],
    ['helm upgrade web --set a=1', 'one release and one chart'],
    ['helm upgrade web repo/web --set a=1 --dry-run', 'dry run'],
    ['helm install web repo/web --set a=1', 'new release'],
    ['helm lint', 'no command of Helm'],
  ])('is no edit: %s', (line, why) => expect(said(line)).toMatch(new RegExp(`^none: .*${why}`)));
});
