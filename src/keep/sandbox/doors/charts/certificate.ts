import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { failed } from '../door.ts';

export interface Certificate {
  readonly key: Buffer;
  /** Trusted as it is, it vouches for these hosts and no other. */
  readonly certificate: Buffer;
}

/**
 * A certificate for hosts, good for a day, which signs itself and can sign no other: whoever trusts it trusts these names and
 * nothing else. The key leaves the folder (which must be on tmpfs) before this returns. Errors: `sandbox-door-failed`.
 */
export async function makeCertificate(openssl: string, folder: string, hosts: readonly string[]): Promise<Certificate> {
  const place = await mkdtemp(join(folder, 'key-'));
  const [keyFile, certificateFile] = [join(place, 'key.pem'), join(place, 'certificate.pem')];
  try {
    await execa(
      openssl,
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
        ...['-subj', '/CN=castellan chart mirror', '-config', '/dev/null'],
        ...['-addext', `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`],
        ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
        ...['-keyout', keyFile, '-out', certificateFile],
      ],
      { env: {}, extendEnv: false, stdin: 'ignore', timeout: 20_000 },
    );
    return { key: await readFile(keyFile), certificate: await readFile(certificateFile) };
  } catch (cause) {
    throw failed(`${openssl} made no certificate for the mirror of charts`, cause);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
