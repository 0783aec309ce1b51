import type { SandboxedCommand } from './port.ts';

/**
 * The first process inside: it starts the listeners, waits until each listens, says `ready`, waits for the keep's `go`, and runs
 * the command without any of its own rights. When it ends, the kernel ends every other process inside, before anybody outside
 * learns of the end. Arguments only: nothing is ever put together into shell text.
 */
export interface InitPrograms {
  readonly socat: string;
  readonly prlimit: string;
  readonly setpriv: string;
}

export interface Limits {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly fileBytes: number;
  readonly cpuSeconds: number;
}

/** What the first process inside calls itself, by which it is known among others. */
export const initName = 'castellan-init';
export const listenersFolder = '/run/castellan';

/** Descriptors of the first process: 0 to 2 are the command's; all others are closed before it starts. */
export const descriptors = { args: 3, info: 4, ready: 5, go: 6, filter: 7, watch: 8 } as const;
export const firstDescriptor = 9;
export const ready = 'ready';
/**
 * bubblewrap asks to be ended with the keep a moment after it began. Who is killed in that moment leaves a sandbox that
 * nobody ends: so the command starts only when the keep, alive, has seen that the moment is over.
 */
export const go = 'go\n';

/** Beyond what any plan opens at once, few enough that a flood stays small. */
const connectionsPerListener = 64;

/** In a shell of their own, so that none of its variables covers one of the command's. */
const script = `
umask 077
(
  for port in $4; do
    log=$2/$port.log tries=0
    "$1" -d -d -t 30 -lf "$log" "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr,max-children=$3" \\
      "UNIX-CONNECT:$2/$port.sock" </dev/null >/dev/null 2>&1 5>&- 6<&- &
    until command -p grep -q 'listening on' "$log" 2>/dev/null; do
      tries=$((tries + 1))
      if ! kill -0 "$!" 2>/dev/null || [ "$tries" -gt 1000 ]; then
        { echo "nothing listens on port $port"; command -p tail -n 1 "$log"; } >&5 2>/dev/null
        exit 1
      fi
      command -p sleep 0.01
    done
  done
) || exit 125
shift 4
echo ${ready} >&5
read -r castellan_go <&6 || exit 125
exec 5>&- 6<&-
unset castellan_go
"$@"
exit $?
`;

/** What bubblewrap is to start. */
export function initOf({ argv, sockets }: SandboxedCommand, programs: InitPrograms, limits: Limits): readonly string[] {
  const { memoryBytes, processes, fileBytes, cpuSeconds } = limits;
  return [
    programs.prlimit,
    // Inside the user namespace, so that processes are counted for this run and not for all of the user's.
    ...[`--data=${memoryBytes}`, `--nproc=${processes}`, `--fsize=${fileBytes}`, `--cpu=${cpuSeconds}`],
    ...['--nofile=4096', '--core=0', '--memlock=0', '--msgqueue=0', '--'],
    ...['/bin/sh', '-c', script, initName, programs.socat, listenersFolder, String(connectionsPerListener)],
    sockets.map(({ port }) => String(port)).join(' '),
    ...[programs.setpriv, '--ambient-caps=-all', '--inh-caps=-all', '--', ...argv],
  ];
}
