import { type InputRequest, inputRequired } from '@modelcontextprotocol/server';

/** What the fixtures ask a client for: forms to fill in, a reply of its model, its roots. */
export function askName(): InputRequest {
  return form('What is your name?', { name: { type: 'string' } }, ['name']);
}

export function askText(message: string): InputRequest {
  const field = (description: string) => ({ type: 'string' as const, description });
  return form(message, { username: field("User's response"), email: field("User's email address") }, []);
}

export function askSampling(text: string): InputRequest {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text } }],
    maxTokens: 100,
  });
}

export function askGreeting(): InputRequest {
  return askSampling('Generate a greeting');
}

export function askRoots(): InputRequest {
  return inputRequired.listRoots();
}

/** A form whose every field has a default, one for each primitive type. */
export function askDefaults(): InputRequest {
  return form(
    'Please check these values.',
    {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
    [],
  );
}

/** A form with the five ways of offering a choice. */
export function askEnums(): InputRequest {
  const plain = ['option1', 'option2', 'option3'];
  const titled = (what: string) =>
    ['First', 'Second', 'Third'].map((ordinal, index) => ({ const: `value${index + 1}`, title: `${ordinal} ${what}` }));
  return form(
    'Please choose.',
    {
      untitledSingle: { type: 'string', enum: plain },
      titledSingle: { type: 'string', oneOf: titled('Option') },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three'],
      },
      untitledMulti: { type: 'array', items: { type: 'string', enum: plain } },
      titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
    },
    [],
  );
}

type Properties = Extract<
  Parameters<typeof inputRequired.elicit>[0]['requestedSchema'],
  { readonly properties: unknown }
>['properties'];

function form(message: string, properties: Properties, required: string[]): InputRequest {
  return inputRequired.elicit({ message, requestedSchema: { type: 'object', properties, required } });
}
