import { sandboxError } from './errors.ts';

/**
 * Namespaces do not cover everything a kernel offers: sockets to the hypervisor (AF_VSOCK), keyrings, input pushed into a
 * terminal, other processes' memory. This is the program the kernel runs on every system call inside: what is listed
 * fails, the rest goes on. Classic BPF, one for each machine, as bubblewrap's `--seccomp` takes it.
 */
export function seccompProgram(machine: string): Buffer {
  const numbers = machines[machine];
  if (numbers === undefined) {
    throw sandboxError('sandbox-unavailable', {
      message: `there is no system call filter for ${machine}`,
      next: 'run the keep on x64 or arm64',
    });
  }
  const { audit, foreignBit, refused, socket, clone, ioctl } = numbers;
  return encode([
    load(offsets.machine),
    ...unless(audit, kill),
    load(offsets.call),
    // x32 has the same machine and other numbers.
    ...(foreignBit === undefined ? [] : [jumpIfSet(foreignBit, 0, 1), answer(kill)]),
    ...refused.flatMap((call) => when(call, failWith(errno.notPermitted))),
    // Its flags lie in memory, where no filter can look; the C library falls back to clone.
    ...when(calls.clone3, failWith(errno.notImplemented)),
    ...inside(socket, [
      load(offsets.argument(0)),
      ...families.flatMap((family) => when(family, allow)),
      answer(failWith(errno.noSuchFamily)),
    ]),
    ...inside(clone, [
      load(offsets.argument(0)),
      jumpIfSet(namespaceFlags, 0, 1),
      answer(failWith(errno.notPermitted)),
      answer(allow),
    ]),
    ...inside(ioctl, [
      load(offsets.argument(1)),
      ...terminalInput.flatMap((request) => when(request, failWith(errno.notPermitted))),
      answer(allow),
    ]),
    answer(allow),
  ]);
}

interface Machine {
  readonly audit: number;
  readonly foreignBit: number | undefined;
  readonly refused: readonly number[];
  readonly socket: number;
  readonly clone: number;
  readonly ioctl: number;
}

/** Since Linux 5.1 a new call has one number everywhere. */
const calls = {
  clone3: 435,
  pidfd_getfd: 438,
  io_uring: [425, 426, 427],
  mounts: [428, 429, 430, 431, 432, 433, 442, 467],
} as const;

const everywhere = [calls.pidfd_getfd, ...calls.io_uring, ...calls.mounts];

const machines: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000_003e,
    foreignBit: 0x4000_0000,
    // ptrace, process_vm_readv and _writev, kcmp; add_key, request_key, keyctl; bpf, perf_event_open, userfaultfd;
    // mount, umount2, pivot_root, chroot, setns, unshare, name_ and open_by_handle_at; kexec, modules, reboot, swap, acct,
    // quotactl, syslog, vhangup, personality, iopl, ioperm, modify_ldt, fanotify_init, move_pages, migrate_pages.
    refused: [
      101,
      310,
      311,
      312,
      248,
      249,
      250,
      321,
      298,
      323,
      165,
      166,
      155,
      161,
      308,
      272,
      303,
      304,
      246,
      320,
      175,
      313,
      176,
      169,
      167,
      168,
      163,
      179,
      103,
      153,
      135,
      172,
      173,
      154,
      300,
      279,
      256,
      ...everywhere,
    ],
    socket: 41,
    clone: 56,
    ioctl: 16,
  },
  arm64: {
    audit: 0xc000_00b7,
    foreignBit: undefined,
    // The same calls under this machine's numbers; iopl, ioperm and modify_ldt do not exist on it.
    refused: [
      117,
      270,
      271,
      272,
      217,
      218,
      219,
      280,
      241,
      282,
      40,
      39,
      41,
      51,
      268,
      97,
      264,
      265,
      104,
      294,
      105,
      273,
      106,
      142,
      224,
      225,
      89,
      60,
      116,
      58,
      92,
      262,
      239,
      238,
      ...everywhere,
    ],
    socket: 198,
    clone: 220,
    ioctl: 29,
  },
};

/** Unix, IPv4, IPv6, and netlink, by which programs list the loopback interface. */
const families = [1, 2, 10, 16];
/** Any CLONE_NEW… */
const namespaceFlags = 0x7e02_0000;
/** TIOCSTI and TIOCLINUX. */
const terminalInput = [0x5412, 0x541c];
const errno = { notPermitted: 1, notImplemented: 38, noSuchFamily: 97 } as const;

const allow = 0x7fff_0000;
const kill = 0x8000_0000;
const failWith = (code: number): number => 0x0005_0000 | code;

/** Into `struct seccomp_data`: the call, the machine, the instruction's address, six arguments of 64 bits, low half first. */
const offsets = { call: 0, machine: 4, argument: (index: number): number => 16 + index * 8 } as const;

interface Instruction {
  readonly code: number;
  readonly yes: number;
  readonly no: number;
  readonly k: number;
}

const load = (offset: number): Instruction => ({ code: 0x20, yes: 0, no: 0, k: offset });
const answer = (verdict: number): Instruction => ({ code: 0x06, yes: 0, no: 0, k: verdict });
const jumpIfEqual = (k: number, yes: number, no: number): Instruction => ({ code: 0x15, yes, no, k });
const jumpIfSet = (k: number, yes: number, no: number): Instruction => ({ code: 0x45, yes, no, k });
const when = (k: number, verdict: number): readonly Instruction[] => [jumpIfEqual(k, 0, 1), answer(verdict)];
const unless = (k: number, verdict: number): readonly Instruction[] => [jumpIfEqual(k, 1, 0), answer(verdict)];
/** The block always ends with an answer, so the number of the call is needed no more after it. */
const inside = (call: number, block: readonly Instruction[]): readonly Instruction[] => [
  jumpIfEqual(call, 0, block.length),
  ...block,
];

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, yes, no, k }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(yes, index * 8 + 2);
    bytes.writeUInt8(no, index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  }
  return bytes;
}
