import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { failed, type Reply } from './reply.ts';

export interface Rights {
  readonly resourceRules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly nonResourceRules: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
  readonly incomplete: boolean;
  readonly evaluationError?: string;
}

/** What the credential may do, by the two ways of asking. */
export interface Access {
  allow: (attributes: Readonly<Record<string, string>>) => boolean;
  rights: (namespace: string) => Rights;
}

interface ReviewBody {
  readonly spec?: { readonly resourceAttributes?: Readonly<Record<string, string>>; readonly namespace?: string };
}

export function review(path: string, body: ReviewBody, { allow, rights }: Access): Reply {
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    return { code: 201, body: { status: { allowed: allow(body.spec?.resourceAttributes ?? {}) } } };
  }
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews') {
    const namespace = body.spec?.namespace ?? '';
    return namespace === '' ? failed(400, 'BadRequest') : { code: 201, body: { status: rights(namespace) } };
  }
  if (path === '/apis/authentication.k8s.io/v1/selfsubjectreviews') {
    const userInfo = { username: 'system:serviceaccount:castellan:reader', groups: ['system:authenticated'] };
    return { code: 201, body: { status: { userInfo } } };
  }
  return failed(404, 'NotFound');
}

/** What the read-only role gives. */
export function readerAccess(): Access {
  const rights = readerRights();
  return {
    rights: () => rights,
    allow: ({ verb = '', resource = '', subresource = '' }) =>
      ['get', 'list', 'watch'].includes(verb) && resource !== 'secrets' && ['', 'log', 'status'].includes(subresource),
  };
}

const readerRole = join(import.meta.dirname, '../../deploy/kubernetes/reader-role.yaml');

/** The role Castellan is deployed with, and what Kubernetes gives every account. */
function readerRights(): Rights {
  const documents = parseAllDocuments(readFileSync(readerRole, 'utf8')).map((document) => document.toJS());
  const role = documents.find(({ kind }) => kind === 'ClusterRole');
  const own = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];
  return {
    resourceRules: [
      ...role.rules,
      { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: own },
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      { verbs: ['get', 'list', 'watch'], apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'] },
    ],
    nonResourceRules: [
      { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/version', '/healthz'] },
    ],
    incomplete: false,
  };
}
