import type { SecretReference } from '../../change/wire/secret.ts';
import type { CastellanError, Secret } from '../../kit/index.ts';
import type { FingerprintSet, SecretLabel, ValueClass } from '../../redaction/known/fingerprints.ts';
import type { VersionRow } from './history-rows.ts';
import type { MacKey } from './mac-key.ts';

/** How a value becomes fingerprints: src/redaction/known does it with the real ones. */
export interface FingerprintMaker {
  readonly keys: FingerprintSet['keys'];
  classify(of: {
    readonly key: string;
    readonly value: string;
    readonly published: ReadonlySet<string>;
  }): { readonly class: ValueClass } | { readonly skipped: string };
  of(entries: Iterable<Entry>, generation: string, published: ReadonlySet<string>): FingerprintSet;
}

interface Entry {
  readonly value: string;
  readonly class: ValueClass;
  readonly label: SecretLabel;
}

/**
 * One value under one key, in however many versions: fingerprinted once, when it was read; what is kept is no value.
 */
export interface KnownValue {
  readonly key: string;
  readonly mac: string;
  readonly class: ValueClass | undefined;
  /** Records as in fingerprints.ts; their labels are indices of `labelKeys` until they are put together. */
  readonly patterns: Buffer;
  /** The key itself, and leaves of a document below it. */
  readonly labelKeys: readonly string[];
  /** MACs of what was asked for among the published words. */
  readonly askedFor: ReadonlySet<string>;
  /** It is of class a and stands in the trusted base. */
  readonly inRepository: boolean;
  /** The newest version that holds it; 0: of a secret of that name that was there before. */
  version: number;
  /** What is public has changed since: to be judged again when it is read again. */
  stale: boolean;
}

export interface KnownSecret {
  readonly mount: string;
  readonly path: string;
  /** By key and MAC. */
  readonly values: Map<string, KnownValue>;
  /** Versions whose values were read by this process. */
  readonly read: Set<number>;
  /** What its metadata said when it was last looked at; undefined: to be looked at again. */
  seen: string | undefined;
  /** What Vault said when it was last looked at and not all of it could be read. */
  refusal: CastellanError | undefined;
  /** Undefined: its newest version is deleted, or it is gone. */
  current: number | undefined;
}

export function unknownSecret(mount: string, path: string): KnownSecret {
  return { mount, path, values: new Map(), read: new Set(), seen: undefined, refusal: undefined, current: undefined };
}

export interface Judge {
  readonly make: FingerprintMaker;
  readonly macs: MacKey;
  /** Of its MAC. */
  isPublished(mac: string): boolean;
}

/** Takes one version's values in, and gives what is remembered of it. The values themselves end here. */
export function takeIn(
  secret: KnownSecret,
  { version, createdAt, values }: { version: number; createdAt: Date; values: ReadonlyMap<string, Secret> },
  { make, macs, isPublished }: Judge,
): VersionRow {
  const { mount, path } = secret;
  const entries = [...values].map(([key, held]): readonly [string, string] => {
    const value = held.reveal();
    const mac = macs.of(value);
    const id = valueId(key, mac);
    const before = secret.values.get(id);
    const newest = Math.max(version, before?.version ?? 0);
    if (before?.stale === false) before.version = newest;
    else secret.values.set(id, judged(value, { mount, path, key, version: newest }, { make, macs, isPublished }));
    return [key, mac];
  });
  secret.read.add(version);
  return { mount, path, version, at: createdAt.toISOString(), macs: Object.fromEntries(entries) };
}

function judged(value: string, label: SecretLabel, { make, macs, isPublished }: Judge): KnownValue {
  const mac = macs.of(value);
  const published = new PublishedWords(macs, isPublished);
  const found = make.classify({ key: label.key, value, published });
  const valueClass = 'class' in found ? found.class : undefined;
  const { labels, patterns } =
    valueClass === undefined || valueClass === 'public'
      ? { labels: [], patterns: '' }
      : make.of([{ value, class: valueClass, label }], '-', published);
  return {
    key: label.key,
    mac,
    class: valueClass,
    patterns: Buffer.from(patterns, 'base64'),
    labelKeys: labels.map(({ key }) => key),
    askedFor: published.askedFor.add(mac),
    inRepository: valueClass === 'a' && isPublished(mac),
    version: label.version,
    stale: false,
  };
}

/** Answers from MACs, and remembers what it was asked: when that becomes public, or not any more, the value is judged again. */
class PublishedWords extends Set<string> {
  readonly askedFor = new Set<string>();
  readonly #macs: MacKey;
  readonly #isPublished: (mac: string) => boolean;

  constructor(macs: MacKey, isPublished: (mac: string) => boolean) {
    super();
    this.#macs = macs;
    this.#isPublished = isPublished;
  }

  override has(word: string): boolean {
    const mac = this.#macs.of(word);
    this.askedFor.add(mac);
    return this.#isPublished(mac);
  }
}

export function valueId(key: string, mac: string): string {
  return `${mac}${key}`;
}

export function referenceText({ mount, path, key }: Pick<SecretReference, 'mount' | 'path' | 'key'>): string {
  return key === undefined ? `${mount}/${path}` : `${mount}/${path}#${key}`;
}
