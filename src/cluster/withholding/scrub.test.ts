import { describe, expect, it } from 'vitest';
import { scrubText } from './scrub.ts';

const withhold = (rule: string): string => `«redacted:${rule}:f1a9c2»`;

describe('scrubbing a text', () => {
  it.each([
    ['sent Authorization: Bearer abcdef0123456789abcdef', 'sent Authorization: Bearer «redacted:authorization:f1a9c2»'],
    ['refused: Authorization: Basic dXNlcjpwYXNz0', 'refused: Authorization: Basic «redacted:authorization:f1a9c2»'],
    [
      'at «redacted:secret-field:f1a9c2» token=x1',
      'at «redacted:secret-field:f1a9c2» token=«redacted:assignment:f1a9c2»',
    ],
  ])('leaves what was withheld already as it is: %s', (text, scrubbed) => {
    expect(scrubText(text, withhold)).toBe(scrubbed);
  });
});
