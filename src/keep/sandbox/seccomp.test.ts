import { describe, expect, it } from 'vitest';
import { seccompProgram } from './seccomp.ts';

const allow = 0x7fff_0000;
const kill = 0x8000_0000;
const failWith = (errno: number): number => 0x0005_0000 | errno;

interface Call {
  readonly machine: number;
  readonly call: number;
  readonly args?: readonly number[];
}

/** What the kernel would answer: the few instructions the program is made of, read as the kernel reads them. */
function verdictOf(program: Buffer, { machine, call, args = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call, 0);
  data.writeUInt32LE(machine, 4);
  for (const [index, value] of args.entries()) data.writeUInt32LE(value, 16 + index * 8);
  let loaded = 0;
  for (let at = 0; at < program.length; at += 8) {
    const code = program.readUInt16LE(at);
    const k = program.readUInt32LE(at + 4);
    if (code === 0x06) return k;
    if (code === 0x20) loaded = data.readUInt32LE(k);
    else {
      const holds = code === 0x15 ? loaded === k : (loaded & k) >>> 0 !== 0;
      at += 8 * program.readUInt8(at + (holds ? 2 : 3));
    }
  }
  throw new Error('the program has no end');
}

const x64 = { machine: 0xc000_003e, program: seccompProgram('x64') };
const arm64 = { machine: 0xc000_00b7, program: seccompProgram('arm64') };
const on = ({ machine, program }: typeof x64, call: number, ...args: readonly number[]): number =>
  verdictOf(program, { machine, call, args });

describe('the filter of system calls', () => {
  it.each([
    ['read', 0, 63],
    ['execve', 59, 221],
    ['openat', 257, 56],
    ['futex', 202, 98],
  ])('lets %s through', (_, ofX64, ofArm64) => {
    expect(on(x64, ofX64)).toBe(allow);
    expect(on(arm64, ofArm64)).toBe(allow);
  });

  it.each([
    ['ptrace', 101, 117],
    ['process_vm_readv', 310, 270],
    ['keyctl', 250, 219],
    ['add_key', 248, 217],
    ['bpf', 321, 280],
    ['mount', 165, 40],
    ['chroot', 161, 51],
    ['unshare', 272, 97],
    ['setns', 308, 268],
    ['open_by_handle_at', 304, 265],
    ['io_uring_setup', 425, 425],
    ['fsopen', 430, 430],
    ['syslog', 103, 116],
  ])('refuses %s', (_, ofX64, ofArm64) => {
    expect(on(x64, ofX64)).toBe(failWith(1));
    expect(on(arm64, ofArm64)).toBe(failWith(1));
  });

  it('gives sockets of four families, and none to the hypervisor', () => {
    for (const family of [1, 2, 10, 16]) {
      expect(on(x64, 41, family)).toBe(allow);
      expect(on(arm64, 198, family)).toBe(allow);
    }
    for (const family of [40, 17, 38, 31, 44]) {
      expect(on(x64, 41, family)).toBe(failWith(97));
      expect(on(arm64, 198, family)).toBe(failWith(97));
    }
  });

  it('makes processes and threads, but no namespaces', () => {
    expect(on(x64, 56, 0x3d_0f00)).toBe(allow);
    for (const flag of [0x2_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]) {
      expect(on(x64, 56, flag | 17)).toBe(failWith(1));
      expect(on(arm64, 220, flag | 17)).toBe(failWith(1));
    }
    expect(on(x64, 435)).toBe(failWith(38));
  });

  it('pushes nothing into a terminal', () => {
    expect(on(x64, 16, 3, 0x5401)).toBe(allow);
    expect(on(x64, 16, 3, 0x5412)).toBe(failWith(1));
    expect(on(arm64, 29, 3, 0x541c)).toBe(failWith(1));
  });

  it('ends whoever speaks another machine’s calls, and refuses the numbers of x32', () => {
    expect(verdictOf(x64.program, { machine: 0x4000_0003, call: 11 })).toBe(kill);
    expect(verdictOf(arm64.program, { machine: x64.machine, call: 0 })).toBe(kill);
    expect(on(x64, 0x4000_0000 | 41, 1)).toBe(kill);
  });

  it('is not made for a machine nobody knows', () => {
    expect(() => seccompProgram('mips')).toThrow(expect.objectContaining({ code: 'sandbox-unavailable' }));
  });
});
