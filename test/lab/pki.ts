import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * The lab's keys and certificates, made anew for each lab, valid for a month.
 *
 * ca           the cluster's authority: server names and client identities
 * etcd-ca      its own, so that no cluster identity opens the store and no other lab's API server connects to this one
 * front-ca     its own, so that only the API server can speak for others to an aggregated API
 */
type Authority = 'ca' | 'etcd-ca' | 'front-ca';

interface Certificate {
  readonly name: string;
  readonly by: Authority;
  readonly cn: string;
  readonly group?: string;
  /** Server names; a certificate without any is a client's. */
  readonly names?: readonly string[];
}

const loopback = ['IP:127.0.0.1', 'DNS:localhost'];

const certificates: readonly Certificate[] = [
  {
    name: 'apiserver',
    by: 'ca',
    cn: 'kube-apiserver',
    names: [...loopback, 'IP:10.96.0.1', 'DNS:kubernetes', 'DNS:kubernetes.default', 'DNS:kubernetes.default.svc'],
  },
  { name: 'apiserver-kubelet', by: 'ca', cn: 'kube-apiserver-kubelet-client', group: 'system:masters' },
  { name: 'kubelet', by: 'ca', cn: 'kubelet', names: loopback },
  {
    name: 'metrics-server',
    by: 'ca',
    cn: 'metrics-server',
    names: [...loopback, 'DNS:metrics-server.kube-system.svc'],
  },
  { name: 'metrics-client', by: 'ca', cn: 'lab:metrics-server', group: 'system:masters' },
  { name: 'controller-manager', by: 'ca', cn: 'system:kube-controller-manager' },
  { name: 'scheduler', by: 'ca', cn: 'system:kube-scheduler' },
  { name: 'kwok', by: 'ca', cn: 'lab:kwok', group: 'system:masters' },
  { name: 'monitoring', by: 'ca', cn: 'lab:monitoring', group: 'system:masters' },
  { name: 'admin', by: 'ca', cn: 'lab:admin', group: 'system:masters' },
  { name: 'vault', by: 'ca', cn: 'lab:vault', names: loopback },
  { name: 'etcd', by: 'etcd-ca', cn: 'etcd', names: loopback },
  { name: 'etcd-client', by: 'etcd-ca', cn: 'kube-apiserver' },
  { name: 'front', by: 'front-ca', cn: 'front-proxy-client' },
];

export function pkiFile(directory: string, name: string): string {
  return join(directory, 'pki', name);
}

export async function makePki(directory: string): Promise<void> {
  const folder = join(directory, 'pki');
  mkdirSync(folder, { mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  writeFileSync(join(folder, 'service-account.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'service-account.pub'), publicKey);
  const authorities: readonly Authority[] = ['ca', 'etcd-ca', 'front-ca'];
  await Promise.all(authorities.map((name) => sign(folder, name, undefined, authorityRequest(name))));
  await Promise.all(certificates.map((one) => sign(folder, one.name, one.by, certificateRequest(one))));
}

function authorityRequest(name: string): string {
  return request(`CN = castellan-lab-${name}`, [
    'basicConstraints = critical,CA:TRUE',
    'keyUsage = critical,digitalSignature,keyCertSign,cRLSign',
  ]);
}

function certificateRequest({ cn, group, names }: Certificate): string {
  return request([`CN = ${cn}`, ...(group === undefined ? [] : [`O = ${group}`])].join('\n'), [
    'basicConstraints = critical,CA:FALSE',
    'keyUsage = critical,digitalSignature',
    // A server here is also a client of its peers (etcd dials itself).
    `extendedKeyUsage = ${names === undefined ? 'clientAuth' : 'serverAuth,clientAuth'}`,
    ...(names === undefined ? [] : [`subjectAltName = ${names.join(',')}`]),
  ]);
}

/** A whole openssl configuration, so that the machine's own has no say. */
function request(subject: string, extensions: readonly string[]): string {
  return [
    '[req]',
    'distinguished_name = subject',
    'x509_extensions = extensions',
    'prompt = no',
    '[subject]',
    subject,
    '[extensions]',
    ...extensions,
    'subjectKeyIdentifier = hash',
    '',
  ].join('\n');
}

async function sign(folder: string, name: string, by: Authority | undefined, configuration: string): Promise<void> {
  const path = (suffix: string) => join(folder, `${name}.${suffix}`);
  writeFileSync(path('cnf'), configuration);
  const issuer = by === undefined ? [] : ['-CA', join(folder, `${by}.crt`), '-CAkey', join(folder, `${by}.key`)];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', path('key')];
  const out = ['-out', path('crt'), '-days', '30', '-sha256'];
  await execa('openssl', ['req', '-x509', '-config', path('cnf'), ...issuer, ...key, ...out], {
    env: { PATH: process.env['PATH'] ?? '' },
    extendEnv: false,
  });
}

/** Throws unless OpenSSL 3 is here: older ones, and LibreSSL, cannot sign in one step. */
export async function assertOpenssl(): Promise<void> {
  const seen = await execa('openssl', ['version'], { reject: false });
  if (seen.exitCode !== 0 || !/^OpenSSL [3-9]/.test(String(seen.stdout))) {
    throw new Error('the lab signs its certificates with the openssl command, version 3 or later: install it');
  }
}
