import type { KeepConfig } from '../config/valid.ts';
import { notifyError } from './errors.ts';
import type { Message } from './message.ts';

/** One way to tell humans: where to, and in which form. Its address is told to nobody. */
export interface Channel {
  readonly name: 'webhook' | 'ntfy' | 'slack';
  readonly url: URL;
  request(message: Message): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export function channelsOf({ webhook, ntfy, slack }: KeepConfig['notify']): readonly Channel[] {
  return [
    ...(webhook === undefined ? [] : [webhookAt(new URL(webhook))]),
    ...(ntfy === undefined ? [] : [ntfyAt(new URL(ntfy))]),
    ...(slack === undefined ? [] : [slackAt(slackAddress(slack.reveal()))]),
  ];
}

const json = { 'content-type': 'application/json' };

function webhookAt(url: URL): Channel {
  return {
    name: 'webhook',
    url,
    request: ({ what, id, url: link }) => ({ headers: json, body: JSON.stringify({ what, id, url: link }) }),
  };
}

function ntfyAt(url: URL): Channel {
  return {
    name: 'ntfy',
    url,
    request: ({ title, text, url: link, urgent }) => ({
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        title,
        click: link,
        priority: urgent ? 'urgent' : 'default',
      },
      body: text,
    }),
  };
}

function slackAt(url: URL): Channel {
  return {
    name: 'slack',
    url,
    request: ({ text, url: link, urgent }) => ({
      headers: json,
      // Neither holds a character that Slack would read as markup: the words are ours, ids are letters, digits and `/._-`.
      body: JSON.stringify({ text: `${urgent ? ':rotating_light: ' : ''}${text} <${link}|open>` }),
    }),
  };
}

function slackAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw notifyError('notify-address-unusable', {
    message: 'what notify.slackFrom names holds no http or https address',
    next: 'put the address of the Slack webhook into that file, and nothing else',
  });
}
