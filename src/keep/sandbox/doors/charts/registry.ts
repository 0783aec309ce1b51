import { type AllowedChart, sha256 } from './catalogue.ts';

/**
 * A chart as an OCI registry keeps it: a manifest that names a small description and the archive, each by its digest. All of
 * it is made of the archive and its entry in the list, so a registry's own words are never needed.
 */
export interface Artifact {
  readonly manifest: Buffer;
  readonly manifestDigest: string;
  readonly config: Buffer;
  readonly configDigest: string;
  readonly layerDigest: string;
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export function artifactOf({ name, version, sha256: digest }: AllowedChart, size: number): Artifact {
  const config = Buffer.from(JSON.stringify({ name, version, apiVersion: 'v2' }));
  const configDigest = `sha256:${sha256(config)}`;
  const layerDigest = `sha256:${digest}`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: configDigest, size: config.length },
      layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: layerDigest, size }],
      annotations: { 'org.opencontainers.image.title': name, 'org.opencontainers.image.version': version },
    }),
  );
  return { manifest, manifestDigest: `sha256:${sha256(manifest)}`, config, configDigest, layerDigest };
}

/** A version's `+` is no sign of a tag; Helm writes `_`. */
export const tagOf = ({ version }: AllowedChart): string => version.replaceAll('+', '_');
