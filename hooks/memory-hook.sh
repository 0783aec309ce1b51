#!/bin/sh
# Runs `memory-tool hook <name>`, and is silent where it cannot: a prompt is waiting.
#
#  checkout with its dependencies        from source, so that it is never an older build
#  package with its dependencies         what was built
#  plugin that Claude Code installed     brings no dependencies: the program that npx fetched for .mcp.json, of this version;
#                                        found without npx, which would cost most of a second a prompt, or else by npx, offline
root=$(dirname -- "$0")/..
# A checkout brings a Node of its own; the machine's may be too old for the source.
node=$root/node_modules/.bin/node
[ -x "$node" ] || node=node
command -v "$node" >/dev/null || exit 0

if [ -f "$root/src/cli/memory-tool.ts" ] && [ -d "$root/node_modules" ]; then
  "$node" "$root/src/cli/memory-tool.ts" hook "$@"
  exit 0
fi

built=dist/src/cli/memory-tool.js
if [ -f "$root/$built" ] && { [ -d "$root/node_modules/zod" ] || [ -d "$root/../zod" ]; }; then
  "$node" "$root/$built" hook "$@"
  exit 0
fi

version=$(sed -n 's/^ *"version": "\([0-9A-Za-z.+-]*\)".*/\1/p' "$root/.claude-plugin/plugin.json" | head -n 1)
[ -n "$version" ] || exit 0
for fetched in "${npm_config_cache:-$HOME/.npm}"/_npx/*/node_modules/castellan; do
  if [ -f "$fetched/$built" ] && grep -q "^  \"version\": \"$version\"" "$fetched/package.json"; then
    "$node" "$fetched/$built" hook "$@"
    exit 0
  fi
done
command -v npx >/dev/null && npx -y --offline --package="castellan@$version" memory-tool hook "$@" 2>/dev/null
exit 0
