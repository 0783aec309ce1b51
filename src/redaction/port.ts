import { definePort } from '../kit/index.ts';
import type { Redactor } from './redactor.ts';

/** The daemon lends its one redactor to every group that brings outside objects in. */
export const redactorPort = definePort<Redactor>('redactor');
