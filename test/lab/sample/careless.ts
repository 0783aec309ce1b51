import { type App, deployment } from './app.ts';
import type { CanaryMaker } from './canaries.ts';
import type { Place } from './objects.ts';

/** Secrets in every place where people are known to leave them. */

export function environmentOf(canaries: CanaryMaker): NonNullable<App['env']> {
  return [
    { name: 'DB_PASSWORD', value: canaries.plant('container environment DB_PASSWORD') },
    {
      name: 'DATABASE_URL',
      value: `postgres://app:${canaries.plant('password in a URL in the environment')}@db.example.net:5432/app`,
    },
  ];
}

export function annotationOf(canaries: CanaryMaker): NonNullable<App['annotations']> {
  return { 'example.net/callback': `token=${canaries.plant('pod annotation token=')}` };
}

export function argumentsOf(canaries: CanaryMaker): NonNullable<App['args']> {
  return ['--listen=:8080', `--api-key=${canaries.plant('container argument --api-key=')}`];
}

export function configMap(metadata: Place, canaries: CanaryMaker): object {
  const lines = [
    'server.port=8080',
    'spring.datasource.username=app',
    `spring.datasource.password=${canaries.plant('password line in a file of a ConfigMap')}`,
  ];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { 'application.properties': lines.join('\n'), SMTP_PASSWORD: canaries.plant('ConfigMap key SMTP_PASSWORD') },
  };
}

export function secret(metadata: Place, canaries: CanaryMaker): object {
  const stringData = {
    password: canaries.plant('Secret key password'),
    'api-token': canaries.plant('Secret key api-token'),
  };
  return withLastApplied({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
}

export function deploymentWithLastApplied(app: App): object {
  return withLastApplied(deployment(app));
}

/** What `kubectl apply` leaves behind: the whole object once more, in an annotation. */
function withLastApplied<T extends { metadata: object }>(object: T): T {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
