export { managedBy } from '../../managed-by.ts';
