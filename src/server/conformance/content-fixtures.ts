import { type CallToolResult, fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { pixelPng, silenceWav } from './samples.ts';

type Content = CallToolResult['content'];

const image = { type: 'image' as const, data: pixelPng, mimeType: 'image/png' };

/** Tools that answer at once, one for each kind of content. */
const contents: Readonly<Record<string, Content>> = {
  test_simple_text: [{ type: 'text', text: 'This is a simple text response for testing.' }],
  test_image_content: [image],
  test_audio_content: [{ type: 'audio', data: silenceWav, mimeType: 'audio/wav' }],
  test_embedded_resource: [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ],
  test_multiple_content_types: [
    { type: 'text', text: 'Multiple content types test:' },
    image,
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ],
};

export function registerContentFixtures(server: McpServer): void {
  for (const [name, content] of Object.entries(contents)) {
    server.registerTool(name, { description: 'Protocol fixture: answers with fixed content.' }, () => ({ content }));
  }
  server.registerTool('test_error_handling', { description: 'Protocol fixture: fails.' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  server.registerTool(
    'test_mirrored_argument',
    {
      description: 'Protocol fixture: an argument that is repeated in a header.',
      inputSchema: fromJsonSchema(mirroredSchema),
    },
    () => ({ content: [{ type: 'text', text: 'accepted' }] }),
  );
  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'Protocol fixture: an input schema whose every keyword must reach the client.',
      inputSchema: fromJsonSchema(wideSchema),
    },
    () => ({ content: [{ type: 'text', text: 'accepted' }] }),
  );
}

/** The client repeats this argument in a header, and the two must agree. */
const mirroredSchema = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  additionalProperties: false,
} as const;

/** The keywords the suite looks for: dialect, anchor, reference, composition and condition. */
const wideSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  ...Object.fromEntries([
    ['if', { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] }],
    ['then', { required: ['phone'] }],
    ['else', { required: ['email'] }],
  ]),
  additionalProperties: false,
} as const;
