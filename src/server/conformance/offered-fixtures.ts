import {
  completable,
  inputRequired,
  inputResponse,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { askText } from './questions.ts';
import { pixelPng } from './samples.ts';

/** Resources and prompts of fixed names. */
export function registerOfferedFixtures(server: McpServer): void {
  registerResources(server);
  registerPrompts(server);
  // Nothing to remember: no fixture resource ever changes.
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const) {
    server.server.setRequestHandler(method, () => ({}));
  }
}

function registerResources(server: McpServer): void {
  const texts = {
    'test://static-text': 'This is the content of the static text resource.',
    'test://watched-resource': 'This resource can be subscribed to.',
  };
  for (const [uri, text] of Object.entries(texts)) {
    const mimeType = 'text/plain';
    server.registerResource(uri.slice('test://'.length), uri, { ...described, mimeType }, () => ({
      contents: [{ uri, mimeType, text }],
    }));
  }
  const binary = { uri: 'test://static-binary', mimeType: 'image/png' };
  server.registerResource('static-binary', binary.uri, { ...described, mimeType: binary.mimeType }, () => ({
    contents: [{ ...binary, blob: pixelPng }],
  }));
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  server.registerResource('template', template, { ...described, mimeType: 'application/json' }, (uri, { id }) => ({
    contents: [
      {
        uri: uri.href,
        mimeType: 'application/json',
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
      },
    ],
  }));
}

function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', described, () => ({
    messages: [says('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      ...described,
      argsSchema: z.object({
        arg1: completable(z.string().describe('first test argument'), () => ['hello']),
        arg2: z.string().describe('second test argument'),
      }),
    },
    ({ arg1, arg2 }) => ({ messages: [says(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { ...described, argsSchema: z.object({ resourceUri: z.string().describe('which resource to embed') }) },
    ({ resourceUri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
          },
        },
        says('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', described, () => ({
    messages: [
      { role: 'user', content: { type: 'image', data: pixelPng, mimeType: 'image/png' } },
      says('Please analyze the image above.'),
    ],
  }));
  server.registerPrompt('test_input_required_result_prompt', described, (context) => {
    const response = inputResponse(context.mcpReq.inputResponses, 'user_context');
    if (response.kind !== 'missing') return { messages: [says(`Use this context: ${JSON.stringify(response)}`)] };
    return inputRequired({ inputRequests: { user_context: askText('What context should the prompt use?') } });
  });
}

const described = { description: 'Protocol fixture.' };

function says(text: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text } };
}
