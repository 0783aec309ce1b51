#!/bin/sh
# Runs `memory-tool hook <name>`, and is silent where it cannot: a prompt is waiting.
# A checkout with its dependencies is run from source, so that it is never an older build; an installed package has only
# what was built; where neither is, whatever `memory-tool` is on the path.
root=$(dirname -- "$0")/..
# A checkout brings a Node of its own; the machine's may be too old for the source.
node=$root/node_modules/.bin/node
[ -x "$node" ] || node=node
if [ -f "$root/src/cli/memory-tool.ts" ] && [ -d "$root/node_modules" ] && command -v "$node" >/dev/null; then
  "$node" "$root/src/cli/memory-tool.ts" hook "$@"
elif [ -f "$root/dist/src/cli/memory-tool.js" ] && command -v "$node" >/dev/null; then
  "$node" "$root/dist/src/cli/memory-tool.js" hook "$@"
elif command -v memory-tool >/dev/null; then
  memory-tool hook "$@"
fi
exit 0
