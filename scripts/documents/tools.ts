import type { Group, Tool } from '../../src/kit/index.ts';
import { toWireTool, type WireTool } from '../../src/server/wire-tool.ts';
import { code, page, table } from './markdown.ts';
import { fieldsOf } from './schema.ts';

const effects: Readonly<Record<Tool['effect'], string>> = {
  read: 'looks',
  record: 'writes only Castellan’s own rows',
  propose: 'opens a change or a request to a human',
};

/** docs/tools.md: what every tool answers and takes. */
export function toolsPage(catalogue: readonly Group[]): string {
  const wires = catalogue.flatMap(({ tools }) => tools.map(toWireTool));
  const bytes = Buffer.byteLength(JSON.stringify(wires));
  return page(
    '# Tools',
    `${wires.length} ${wires.length === 1 ? 'tool' : 'tools'}, ${bytes} bytes on the wire. A group that is not configured is not listed.`,
    table(
      ['effect', 'what it may do'],
      Object.entries(effects).map(([effect, meaning]) => [code(effect), meaning]),
    ),
    ...catalogue.map(groupSection),
  );
}

/** reference/catalogue/<tool>.json: the entry of tools/list, reviewed as a difference when it changes. */
export function wireSnapshot(tool: Tool): string {
  return `${JSON.stringify(toWireTool(tool), null, 2)}\n`;
}

function groupSection(group: Group): string {
  return [
    `## ${group.name}`,
    group.summary,
    `Configured with ${group.howToConfigure}`,
    ...group.tools.map((tool) => toolSection(tool, toWireTool(tool))),
  ].join('\n\n');
}

function toolSection(tool: Tool, wire: WireTool): string {
  const rows = fieldsOf(wire.inputSchema).map(({ path, type, required, fallback, description }) => [
    code(path),
    type,
    required ? 'yes' : '',
    code(fallback),
    description,
  ]);
  return [
    `### ${tool.name}`,
    `*${tool.title}* · ${code(tool.effect)} · answers with ${tool.output === undefined ? 'text' : 'a record'}`,
    tool.description,
    table(['argument', 'type', 'needed', 'default', 'what it is'], rows),
  ].join('\n\n');
}
