/**
 * Attributes that only repeat others of their resource, as digests, copies or what the server counts. They are left out when
 * anything else of the resource is told.
 */
const everywhere = ['id', 'uid', 'resource_version', 'self_link'];

const byType = new Map<string, readonly string[]>([
  [
    'kubectl_manifest',
    [
      'yaml_body_parsed',
      'yaml_incluster',
      'live_manifest_incluster',
      'live_uid',
      'api_version',
      'kind',
      'name',
      'namespace',
    ],
  ],
  ['kubernetes_manifest', ['object']],
  ['helm_release', ['metadata', 'manifest', 'status']],
]);

/** Whether an attribute of the first level only repeats others. */
export function isNoise(type: string, attribute: unknown): boolean {
  if (typeof attribute !== 'string') return false;
  return everywhere.includes(attribute) || (byType.get(type)?.includes(attribute) ?? false);
}
