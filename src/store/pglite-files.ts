import { fsyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { fsyncDirectory } from './fsync.ts';

/**
 * The embedded database's files. As shipped it runs with fsync off, and its view of the disk has no fsync at all: a
 * committed row survives the process but not a power cut. Here the missing operation is added and fsync is on, so that
 * a commit is on the disk before it is acknowledged (measured: 0.25 ms a commit on an SSD).
 */
export const durableStartParameters: readonly string[] = ['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'];

interface OpenFile {
  /** The host's descriptor; directories have none. */
  readonly nfd?: number;
  readonly node: unknown;
}

interface HostFileSystem {
  readonly stream_ops: { fsync?: (file: OpenFile) => number };
  realPath(node: unknown): string;
}

type EmscriptenOptions = Parameters<NodeFS['init']>[1];

export class DurableFiles extends NodeFS {
  override async init(pglite: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const preRun = emscriptenOpts.preRun ?? [];
    return {
      emscriptenOpts: {
        ...emscriptenOpts,
        preRun: [...preRun, (module) => addFsync(hostFileSystemOf(module.FS))],
      },
    };
  }
}

function addFsync(files: HostFileSystem): void {
  files.stream_ops.fsync = ({ nfd, node }) => {
    if (nfd !== undefined) fsyncSync(nfd);
    else fsyncDirectory(files.realPath(node));
    return 0;
  };
}

function hostFileSystemOf(emscripten: unknown): HostFileSystem {
  const files = property(property(emscripten, 'filesystems'), 'NODEFS');
  if (!isHostFileSystem(files)) {
    throw new Error('this release of the embedded database has another file system: its fsync cannot be added');
  }
  return files;
}

function isHostFileSystem(value: unknown): value is HostFileSystem {
  return typeof property(value, 'stream_ops') === 'object' && typeof property(value, 'realPath') === 'function';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
