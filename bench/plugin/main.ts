import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedPackage } from '../../test/e2e/program-cache.ts';
import { mainFile, type ScratchCastellan } from '../../test/e2e/scratch-castellan.ts';
import { circumstances } from '../figures.ts';
import { type Loaded, type Sent, whatIsSent } from './what-is-sent.ts';

/**
 * What Claude Code sends its model with the first word of a session because Castellan is there, with all schemas up front and with
 * tool search, beside two other servers in their read-only mode. Nothing answers behind any of them: only lists are asked for.
 * Run: node bench/plugin/main.ts
 */
const peerVersion = '0.0.67';
const wrapperVersion = '4.1.7';
const modules = await cachedPackage('kubernetes-mcp-server', peerVersion);
const wrapperModules = await cachedPackage('mcp-server-kubernetes', wrapperVersion);

const castellan = (home: ScratchCastellan): object => ({
  command: process.execPath,
  args: [mainFile, 'mcp'],
  env: home.environment({ CASTELLAN_CONFIG: home.configure(home.everythingUnreachable()) }),
});
const kubeconfigOf = (home: ScratchCastellan): string => {
  home.unreachableCluster();
  return join(home.directory, 'unreachable.kubeconfig');
};
const peer = (home: ScratchCastellan): object => ({
  command: process.execPath,
  args: [
    join(modules, 'kubernetes-mcp-server', 'bin', 'index.js'),
    ...['--kubeconfig', kubeconfigOf(home), '--read-only'],
  ],
  env: home.environment(),
});
const wrapper = (home: ScratchCastellan): object => ({
  command: process.execPath,
  args: [join(wrapperModules, 'mcp-server-kubernetes', 'dist', 'index.js')],
  env: home.environment({ ALLOW_ONLY_READONLY_TOOLS: 'true', KUBECONFIG: kubeconfigOf(home) }),
});

const plugin = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const contenders: readonly (readonly [string, Loaded])[] = [
  ['Castellan, the server alone', { server: castellan }],
  ['Castellan, the plugin', { server: castellan, plugin }],
  [`kubernetes-mcp-server ${peerVersion}`, { server: peer }],
  [`mcp-server-kubernetes ${wrapperVersion}`, { server: wrapper }],
];

console.log(`${circumstances(new Date())} · Claude Code 2.1.330\n`);
for (const toolSearch of [false, true]) {
  const without = await whatIsSent({}, toolSearch);
  console.log(toolSearch ? 'With tool search, as the client has it by default.' : 'All schemas up front.');
  console.log(
    `Without any server ${told(without.bytes)} B, of them tools ${told(without.toolBytes)} B, ${told(without.tokens)} tokens. More than that:\n`,
  );
  console.log('| | tools with schema | by name only | list of tools | whole request | tokens by `/context` |');
  console.log('|---|---:|---:|---:|---:|---:|');
  let withPlugin: Sent | undefined;
  for (const [name, loaded] of contenders) {
    const sent = await whatIsSent(loaded, toolSearch);
    if (loaded.plugin !== undefined) withPlugin = sent;
    console.log(`| ${name} | ${row(sent, without)} |`);
  }
  if (withPlugin === undefined) throw new Error('the plugin was not asked for');
  const { agents, agentTools, skills } = withPlugin;
  console.log(
    `\nOf the plugin: agents ${told(agents)} B, of them their lists of tools ${told(agentTools)} B; skills ${told(skills)} B.`,
  );
  console.log('');
}

function row(sent: Sent, without: Sent): string {
  return [
    sent.listed,
    sent.named,
    `${told(sent.toolBytes - without.toolBytes)} B`,
    `${told(sent.bytes - without.bytes)} B`,
    told(sent.tokens - without.tokens),
  ].join(' | ');
}

function told(value: number): string {
  return value.toLocaleString('en-GB');
}
