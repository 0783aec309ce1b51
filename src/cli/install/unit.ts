import { fingerprinterUser, keepUser, modeText, type Place, paths } from './layout.ts';

/** The first line of what this command may replace at the next run. */
const ours = '# Made by `castellan install`, and replaced by it: put changes into a drop-in.\n';

export function isOurs(text: string): boolean {
  return text.startsWith(ours);
}

/**
 * As tight as a service can be that itself makes namespaces: plans run in bubblewrap, which needs user, mount, PID and network
 * namespaces, mount(2) and netlink. So no RestrictNamespaces, no SystemCallFilter, no
 * ProtectHostname (the sandbox has a name of its own), and nothing that covers parts of /proc.
 * `command` is the absolute program and its arguments, `keep` follows.
 */
export function unitText(command: readonly string[]): string {
  return `${ours}[Unit]
Description=Castellan keep: plans changes of the homelab, and applies what a human signed
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
User=${keepUser}
Group=${keepUser}
ExecStart=${[...command, 'keep'].map(quoted).join(' ')}
Restart=on-failure
RestartSec=5
# An apply that runs is asked to end, and writes its state first: only the keep itself is signalled.
KillMode=mixed
TimeoutStopSec=15min
UMask=0077
LimitCORE=0
TasksMax=2048

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ReadWritePaths=${paths.state} ${paths.runtime}
ProtectHome=yes
PrivateTmp=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
KeyringMode=private
RemoveIPC=yes

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Tighter than the keep's: it starts no program and makes no namespace. What it reads must reach no disk, so no core and no swap,
 * and nobody may look into it; V8 makes code as it runs, so no MemoryDenyWriteExecute.
 */
export function fingerprinterUnitText(command: readonly string[]): string {
  const [program = '', ...main] = command;
  // Without it SIGUSR1 lets in a debugger. Where one program is all of it, it decides that itself.
  const started = main.length === 0 ? [program] : [program, '--disable-sigusr1', ...main];
  return `${ours}[Unit]
Description=Castellan fingerprinter: reads Vault, and tells the keep how to recognise what it read
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=5
ConditionPathExists=${paths.fingerprinterYaml}

[Service]
Type=exec
User=${fingerprinterUser}
Group=${fingerprinterUser}
ExecStart=${[...started, 'fingerprinter'].map(quoted).join(' ')}
Restart=on-failure
RestartSec=5
UMask=0077
LimitCORE=0
MemorySwapMax=0
TasksMax=64

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ReadWritePaths=${paths.fingerprinterState} ${paths.fingerprinterRuntime}
InaccessiblePaths=-${paths.state} -${paths.runtime} -${paths.credentials}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectClock=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
KeyringMode=private
RemoveIPC=yes

[Install]
WantedBy=multi-user.target
`;
}

/** A space, a quote, a percent sign: systemd gives each a meaning. */
function quoted(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./@:+=-]+$/.test(word) ? word : `"${escaped}"`;
}

export function tmpfilesText(places: readonly Place[]): string {
  const lines = places.map(({ path, mode, uid, gid }) => `d ${path} ${modeText(mode)} ${uid} ${gid} -`);
  return `${ours}${lines.join('\n')}\n`;
}
