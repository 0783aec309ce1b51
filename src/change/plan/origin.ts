export type { PlanOrigins, SourcePlace } from '../../iac/origin/port.ts';
