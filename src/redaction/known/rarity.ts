import { windowUnits } from './keyed-hash.ts';

/**
 * Which eight units of a pattern a text is least likely to hold by chance. A window of ordinary words would wake the
 * matcher on every line; the rare one wakes it where the value is. The sample is what answers are made of.
 */
const sample = [
  '2026-03-12T10:11:12.123456Z level=info msg="reconciling object" controller=deployment namespace=default name=web',
  'time="2026-03-12T10:11:12Z" level=warning msg="failed to pull image" image="registry.example.net/apps/web:1.2.3" error',
  '{"level":"error","ts":"2026-03-12T10:11:12.000Z","logger":"controller","msg":"connection refused","host":"10.0.0.12"}',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: postgres\n  namespace: databases\n  labels:\n    app.kubernetes.io/name: postgres',
  'spec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: server\n          image: ghcr.io/example/server:v2.0.1\n          env:',
  'GET /api/v1/namespaces/kube-system/pods?limit=500 HTTP/1.1 200 OK content-type: application/json user-agent: kubectl',
  'https://service.databases.svc.cluster.local:5432/database?sslmode=require postgresql://user:password@localhost:3306/app',
  'resource "kubernetes_deployment" "web" {\n  metadata {\n    name = "web"\n  }\n}\n  # module.web will be updated in-place\n  ~ value = "old" -> "new"',
  'http://192.0.2.10:8080/health admin@example.net username password secret token enabled disabled true false null none',
  '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC',
  'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL 00000000000000000000000000000000 %2F%3A%20%3D \\n\\t\\"',
  'panic: runtime error: invalid memory address\n\tgoroutine 1 [running]:\n\tmain.main()\n\t\t/src/main.go:42 +0x1a java.lang.Exception: at com.example',
].join('\n');

const slots = 4_096;
const counts = new Uint16Array(slots);
for (const text of [sample, Buffer.from(sample).toString('base64'), Buffer.from(sample).toString('hex')]) {
  for (let at = 0; at + 3 <= text.length; at += 1) counts[slotOf(text, at)] = (counts[slotOf(text, at)] ?? 0) + 1;
}
const commonness = Float64Array.from(counts, (count) => Math.log2(count + 0.25));

function slotOf(text: string, at: number): number {
  const code = text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2);
  return (Math.imul(code, 0x9e3779b1) >>> 20) & (slots - 1);
}

/** Where it starts. `crowd`: how many patterns have the window that starts there already. */
export function rarestWindow(text: string, crowd: (at: number) => number): number {
  let rarest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + windowUnits <= text.length; at += 1) {
    let common = 0;
    for (let index = at; index + 3 <= at + windowUnits; index += 1) common += commonness[slotOf(text, index)] ?? 0;
    if (common >= least) continue;
    // Only what would be chosen is asked for: a window shared by many patterns costs as much as one that is common.
    const crowded = common + 2 * Math.log2(1 + crowd(at));
    if (crowded < least) {
      least = crowded;
      rarest = at;
    }
  }
  return rarest;
}
