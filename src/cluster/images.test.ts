import { describe, expect, it } from 'vitest';
import { floatingTag } from './images.ts';

describe('a floating tag', () => {
  it.each([
    ['web', 'no tag'],
    ['r.example.net:5000/web', 'no tag'],
    ['r.example.net:5000/web:latest', ':latest'],
    ['web:stable', ':stable'],
    ['web:1.2.0', undefined],
    ['web:latest-1.2.0', undefined],
    ['r.example.net:5000/web:1', undefined],
    ['web:latest@sha256:abab', undefined],
    ['web@sha256:abab', undefined],
  ])('of %s: %s', (image, expected) => {
    expect(floatingTag(image)).toBe(expected);
  });
});
