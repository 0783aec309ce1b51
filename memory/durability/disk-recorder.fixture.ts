import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';

/**
 * What a power cut would leave of a folder. Every operation of this process on it is seen; what was not fsynced since is pending:
 *
 *  write      since the last fsync of its file: may be there, in part (in sectors of 512 bytes), or not
 *  new name   is on the disk with the fsync of its file or of its directory
 *  rename,    on the disk with the fsync of the directory; until then the first ones of a directory may be done, and none
 *  removal    after one that is not
 *
 * It does not know of disks that lie about a flush, or of a file system that damages what was on the disk already.
 */
export interface DiskRecorder {
  /** Writes into a new folder what could be left now. */
  cut(into: string): void;
}

interface File {
  readonly kind: 'file';
  durable: Buffer;
  pending: Write[];
}

type Write = { readonly at: number; readonly data: Buffer } | { readonly length: number } | { readonly whole: Buffer };

interface Directory {
  readonly kind: 'directory';
  readonly live: Map<string, Node>;
  readonly durable: Map<string, Node>;
  pending: { readonly name: string; readonly node: Node | undefined; readonly isNew: boolean }[];
}

type Node = File | Directory;

const newDirectory = (): Directory => ({ kind: 'directory', live: new Map(), durable: new Map(), pending: [] });
const newFile = (): File => ({ kind: 'file', durable: Buffer.alloc(0), pending: [] });

/** From now on, of an empty folder. `seen` is told after each operation. */
export function recordDisk(folder: string, seen: () => void): DiskRecorder {
  const real = { ...fs };
  const root = newDirectory();
  const open = new Map<number, Node>();

  const partsOf = (path: unknown): readonly string[] | undefined => {
    if (typeof path !== 'string') return undefined;
    const inside = relative(folder, path);
    if (inside === '') return [];
    return inside.startsWith('..') ? undefined : inside.split(sep);
  };
  const nodeAt = (path: unknown): Node | undefined => {
    let node: Node | undefined = root;
    const parts = partsOf(path);
    if (parts === undefined) return undefined;
    for (const part of parts) node = node?.kind === 'directory' ? node.live.get(part) : undefined;
    return node;
  };
  const parentOf = (path: string): Directory | undefined => {
    const parent = partsOf(path) === undefined ? undefined : nodeAt(dirname(path));
    return parent?.kind === 'directory' ? parent : undefined;
  };
  const name = (path: string, node: Node | undefined, isNew: boolean): void => {
    const parent = parentOf(path);
    if (parent === undefined) return;
    if (node === undefined) parent.live.delete(basename(path));
    else parent.live.set(basename(path), node);
    parent.pending.push({ name: basename(path), node, isNew });
  };
  const made = (path: unknown): Node | undefined => {
    const known = nodeAt(path);
    if (known !== undefined || typeof path !== 'string' || parentOf(path) === undefined) return known;
    const file = newFile();
    name(path, file, true);
    return file;
  };
  const wrote = (node: Node | undefined, write: Write): void => {
    if (node?.kind === 'file') node.pending.push(write);
  };

  const wroteWhole = (node: Node | undefined, path: string): void => {
    if (node?.kind === 'file') node.pending.push({ whole: real.readFileSync(path) });
  };

  const replaced = {
    openSync(...given: Parameters<typeof fs.openSync>) {
      const descriptor = real.openSync(...given);
      const node = made(given[0]);
      if (node !== undefined) {
        open.set(descriptor, node);
        if (node.kind === 'file' && real.fstatSync(descriptor).size === 0) node.pending.push({ length: 0 });
      }
      seen();
      return descriptor;
    },
    closeSync(descriptor: number) {
      open.delete(descriptor);
      real.closeSync(descriptor);
    },
    writeSync(descriptor: number, data: Uint8Array, from?: number, length?: number, at?: number | null) {
      const count = real.writeSync(descriptor, data, from, length, at);
      const placed = typeof at === 'number' && typeof from === 'number';
      if (placed) wrote(open.get(descriptor), { at, data: Buffer.from(data.subarray(from, from + count)) });
      else wroteWhole(open.get(descriptor), `/proc/self/fd/${descriptor}`);
      seen();
      return count;
    },
    writeFileSync(...given: Parameters<typeof fs.writeFileSync>) {
      real.writeFileSync(...given);
      const [to] = given;
      if (typeof to === 'number') wroteWhole(open.get(to), `/proc/self/fd/${to}`);
      else wroteWhole(made(to), String(to));
      seen();
    },
    ftruncateSync(descriptor: number, length = 0) {
      real.ftruncateSync(descriptor, length);
      wrote(open.get(descriptor), { length });
      seen();
    },
    truncateSync(path: string, length = 0) {
      real.truncateSync(path, length);
      wrote(nodeAt(path), { length });
      seen();
    },
    mkdirSync(...given: Parameters<typeof fs.mkdirSync>) {
      const result = real.mkdirSync(...given);
      const [path] = given;
      const parts = partsOf(path);
      if (parts !== undefined) {
        parts.forEach((_, index) => {
          const part = join(folder, ...parts.slice(0, index + 1));
          if (nodeAt(part) === undefined) name(part, newDirectory(), true);
        });
        seen();
      }
      return result;
    },
    renameSync(from: string, to: string) {
      real.renameSync(from, to);
      const node = nodeAt(from);
      name(from, undefined, false);
      name(to, node, false);
      seen();
    },
    linkSync(from: string, to: string) {
      real.linkSync(from, to);
      name(to, nodeAt(from), true);
      seen();
    },
    unlinkSync(path: string) {
      real.unlinkSync(path);
      name(path, undefined, false);
      seen();
    },
    rmdirSync(path: string) {
      real.rmdirSync(path);
      name(path, undefined, false);
      seen();
    },
    rmSync(...given: Parameters<typeof fs.rmSync>) {
      real.rmSync(...given);
      const [path] = given;
      if (nodeAt(path) !== undefined) name(String(path), undefined, false);
      seen();
    },
    fsyncSync(descriptor: number) {
      real.fsyncSync(descriptor);
      const node = open.get(descriptor);
      if (node !== undefined) settle(node, root);
      seen();
    },
  };
  Object.assign(fs, replaced, { fdatasyncSync: replaced.fsyncSync });
  syncBuiltinESMExports();

  const put = (node: Node, path: string): void => {
    if (node.kind === 'file') {
      real.writeFileSync(path, applied(node.durable, survivors(node.pending)), { mode: 0o600 });
      return;
    }
    real.mkdirSync(path, { mode: 0o700 });
    const left = new Map(node.durable);
    for (const change of node.pending.slice(0, below(node.pending.length + 1))) applyName(left, change);
    for (const [entry, child] of left) put(child, join(path, entry));
  };
  return {
    cut: (into) => {
      assertSame(root, folder);
      put(root, into);
    },
  };

  /** The recorder has seen everything if it knows of every file there is. */
  function assertSame(node: Directory, path: string): void {
    const there = real.readdirSync(path).sort().join(' ');
    const known = [...node.live.keys()].sort().join(' ');
    if (there !== known) throw new Error(`the recorder is blind: ${path} has ${there}; it knows ${known}`);
    for (const [entry, child] of node.live) if (child.kind === 'directory') assertSame(child, join(path, entry));
  }
}

function settle(node: Node, root: Directory): void {
  if (node.kind === 'directory') {
    for (const change of node.pending) applyName(node.durable, change);
    node.pending = [];
    return;
  }
  node.durable = applied(node.durable, node.pending);
  node.pending = [];
  settleNewName(root, node);
}

/** With its file a new name is on the disk, and so are the new directories above it. */
function settleNewName(directory: Directory, file: File): boolean {
  for (const [entry, child] of directory.live) {
    if (child !== file && !(child.kind === 'directory' && settleNewName(child, file))) continue;
    const at = directory.pending.findLastIndex((change) => change.name === entry);
    const change = directory.pending[at];
    if (change?.node === child && change.isNew) {
      applyName(directory.durable, change);
      directory.pending.splice(at, 1);
    }
    return true;
  }
  return false;
}

function applyName(names: Map<string, Node>, { name, node }: Directory['pending'][number]): void {
  if (node === undefined) names.delete(name);
  else names.set(name, node);
}

const sector = 512;

/** Any of them, in their order; some only in part. */
function survivors(pending: readonly Write[]): readonly Write[] {
  const share = below(3) / 2;
  return pending
    .filter(() => Math.random() < share)
    .map((write) => {
      if (!('data' in write) || below(3) > 0) return write;
      const from = Math.min(write.data.length, sector * below(1 + write.data.length / sector));
      return below(2) === 0
        ? { at: write.at, data: write.data.subarray(0, from) }
        : { at: write.at + from, data: write.data.subarray(from) };
    });
}

function applied(durable: Buffer, writes: readonly Write[]): Buffer {
  let content = durable;
  for (const write of writes) {
    if ('whole' in write) content = write.whole;
    else if ('length' in write) content = resized(content, write.length);
    else {
      const end = write.at + write.data.length;
      if (end > content.length) content = resized(content, end);
      // The durable bytes are this file's alone, and what is pending is applied for good or to a copy.
      if (content === durable) content = Buffer.from(durable);
      write.data.copy(content, write.at);
    }
  }
  return content;
}

function resized(content: Buffer, length: number): Buffer {
  const other = Buffer.alloc(length);
  content.copy(other, 0, 0, length);
  return other;
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}
