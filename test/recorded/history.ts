import { type Collection, placeOf, type RecordedObject } from './collections.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change {
  readonly version: number;
  readonly collection: Collection;
  readonly type: ChangeType;
  readonly object: RecordedObject;
  /** What it was before; a watch whose selector meant that one must hear that it is gone. */
  readonly before: RecordedObject | undefined;
}

/** The cluster's versions: each change makes one, and those before `forget` are answered with 410. */
export class History {
  #version: number;
  #oldest: number;
  #changes: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(collections: readonly Collection[]) {
    const versions = collections.flatMap(({ items }) =>
      items.map(({ metadata }) => Number(metadata['resourceVersion'])),
    );
    this.#version = Math.max(...versions.filter((version) => !Number.isNaN(version))) + 1;
    this.#oldest = this.#version;
  }

  get version(): number {
    return this.#version;
  }

  remembers(version: number): boolean {
    return version >= this.#oldest && version <= this.#version;
  }

  forget(): void {
    this.#version += 1_000;
    this.#oldest = this.#version;
    this.#changes = [];
  }

  change(collection: Collection, type: ChangeType, given: RecordedObject): void {
    this.#version += 1;
    const metadata = { ...given.metadata, resourceVersion: String(this.#version) };
    const object = { ...given, metadata };
    const index = collection.items.findIndex((item) => placeOf(item) === placeOf(object));
    const before = collection.items[index];
    if (index === -1) collection.items.push(object);
    else collection.items.splice(index, 1, object);
    if (type === 'DELETED') collection.items.splice(collection.items.indexOf(object), 1);
    const change = { version: this.#version, collection, type, object, before };
    this.#changes.push(change);
    for (const listener of this.#listeners) listener(change);
  }

  since(version: number): readonly Change[] {
    return this.#changes.filter((change) => change.version > version);
  }

  /** Returns what ends the listening. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
