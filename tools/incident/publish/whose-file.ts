/** A file is ours to replace when the front matter that begins it names this incident. */
export function isOfIncident(content: string, incident: string): boolean {
  const [, matter] = /^---\r?\n([\s\S]{0,4000}?)\r?\n---\r?\n/.exec(content) ?? [];
  return (
    matter?.split(/\r?\n/).some((line) => /^incident_id:\s*["']?([a-z0-9_]+)["']?\s*$/.exec(line)?.[1] === incident) ??
    false
  );
}
