/**
 * What every response says, an error as well as a page: the browser runs our own files and nothing else, shows them in no
 * frame, sends nothing anywhere else, and asks for passkeys for this page alone.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one Svelte makes for its own templates, which hold no data.
  'trusted-types svelte-trusted-html',
];

const permissions = [
  'publickey-credentials-get=(self)',
  'publickey-credentials-create=(self)',
  ...['camera', 'microphone', 'geolocation', 'usb', 'serial', 'hid', 'payment'].map((feature) => `${feature}=()`),
];

export const everyResponse: Readonly<Record<string, string>> = {
  'content-security-policy': policy.join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': permissions.join(', '),
};
