export { nameText } from '../words.ts';
