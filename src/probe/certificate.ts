import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** What is wrong with a certificate, the worst first; undefined: nothing. */
export function certificateProblem(
  certificate: PeerCertificate,
  host: string,
  chain: string | undefined,
  now: Date,
): string | undefined {
  const found = [timeProblem(certificate, now), nameProblem(certificate, host), chainProblem(chain)];
  const said = found.filter((one) => one !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}

export function timeProblem({ valid_from: from, valid_to: to }: PeerCertificate, now: Date): string | undefined {
  const [begins, ends] = [dateOf(from), dateOf(to)];
  if (ends !== undefined && ends <= now) return `the certificate expired at ${ends.toISOString().slice(0, 19)}Z`;
  if (begins !== undefined && begins > now)
    return `the certificate is valid only from ${begins.toISOString().slice(0, 19)}Z`;
  return undefined;
}

export function nameProblem(certificate: PeerCertificate, host: string): string | undefined {
  return checkServerIdentity(host, certificate) === undefined ? undefined : `the certificate is not for ${host}`;
}

function chainProblem(code: string | undefined): string | undefined {
  if (code === undefined || code === 'CERT_HAS_EXPIRED' || code === 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  return `the certificate is not trusted here (${chainWords[code] ?? code})`;
}

const chainWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its root is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not known, or the server leaves out a part of the chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not known',
};

export function dateOf(text: string | undefined): Date | undefined {
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
