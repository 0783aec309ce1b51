export { referencesOf } from '../../pod/references.ts';
