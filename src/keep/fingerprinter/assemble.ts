import type { FingerprintCoverage, FingerprintSet, SecretLabel } from '../../redaction/known/fingerprints.ts';
import type { VersionRow } from './history-rows.ts';
import { type KnownSecret, type KnownValue, referenceText } from './known-secret.ts';

/** Of a record, as fingerprints.ts lays it out. */
const recordBytes = 40;
const labelOffset = 28;

/** A reply has 8 MB (protocol.ts): what is left of it is for base64's third, and for coverage. */
const mostBytes = 5_500_000;

export interface Known {
  readonly secrets: Iterable<KnownSecret>;
  rowsOf(secret: KnownSecret): ReadonlyMap<number, VersionRow>;
}

interface Labelled {
  readonly value: KnownValue;
  readonly label: SecretLabel;
  readonly isCurrent: boolean;
}

export interface Assembled {
  readonly set: FingerprintSet;
  /** Values of older versions that had no room. */
  readonly leftOut: number;
}

/** One set of all that is known. Where it would be larger than a reply, old versions are left out first, and that is told. */
export function assemble(known: Known, keys: FingerprintSet['keys'], generation: string, most = mostBytes): Assembled {
  const all = labelled(known).filter(({ value }) => value.patterns.byteLength > 0);
  all.sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent) || other.label.version - one.label.version);
  const labels: SecretLabel[] = [];
  const parts: Buffer[] = [];
  let size = 0;
  let leftOut = 0;
  for (const { value, label } of all) {
    const own = value.labelKeys.map((key) => bounded({ ...label, key }));
    const bytes = Math.ceil(value.patterns.byteLength / 3) * 4 + Buffer.byteLength(JSON.stringify(own));
    if (size + bytes > most) {
      leftOut += 1;
      continue;
    }
    size += bytes;
    const part = Buffer.from(value.patterns);
    for (let at = labelOffset; at < part.byteLength; at += recordBytes) {
      part.writeUInt32LE(labels.length + part.readUInt32LE(at), at);
    }
    labels.push(...own);
    parts.push(part);
  }
  return { set: { generation, keys, labels, patterns: Buffer.concat(parts).toString('base64') }, leftOut };
}

/** A label is printed: it is as long as the wire lets it be, whatever Vault takes. */
function bounded({ mount, path, key, version }: SecretLabel): SecretLabel {
  return { mount: mount.slice(0, 200), path: path.slice(0, 500), key: key.slice(0, 200), version };
}

function labelled({ secrets, rowsOf }: Known): Labelled[] {
  return [...secrets].flatMap((secret) => {
    const { mount, path, current } = secret;
    const now = current === undefined ? undefined : rowsOf(secret).get(current)?.macs;
    return [...secret.values.values()].map((value) => {
      const { key, mac, version } = value;
      return { value, label: { mount, path, key, version }, isCurrent: now?.[key] === mac };
    });
  });
}

const mostNamed = 50;
const mostUnread = 200;

export interface CoverageQuestion {
  readonly known: Known;
  readonly at: Date;
  readonly mounts: readonly string[];
  readonly unread: ReadonlyMap<string, string>;
  readonly leftOut: number;
}

/** What is looked for and what is not. Names references, never values. */
export function coverageOf({ known, at, mounts, unread, leftOut }: CoverageQuestion): FingerprintCoverage {
  const byClass = { a: 0, b: 0, c: 0, public: 0 };
  const all = labelled(known);
  const skipped: string[] = [];
  const inRepository = new Set<string>();
  let secrets = 0;
  for (const secret of known.secrets) if (secret.current !== undefined) secrets += 1;
  for (const { value, label, isCurrent } of all) {
    if (value.inRepository) inRepository.add(referenceText(label));
    if (value.class !== undefined) byClass[value.class] += 1;
    else if (isCurrent) skipped.push(referenceText(label));
  }
  const rows = [...unread].map(([path, why]) => ({ path, why }));
  if (leftOut > 0) rows.unshift({ path: '(older versions)', why: `${leftOut} values had no room in one set` });
  const more = rows.length - mostUnread;
  return {
    at: at.toISOString(),
    mounts: [...mounts],
    secrets,
    values: all.length,
    byClass,
    skipped: { count: skipped.length, some: skipped.sort().slice(0, mostNamed) },
    unread: more > 0 ? [...rows.slice(0, mostUnread), { path: `(${more} more)`, why: 'not listed' }] : rows,
    inRepository: [...inRepository].sort().slice(0, mostUnread),
  };
}
