import type { Rule } from '../../rule.ts';
import { gatewayClassNotAccepted } from './gateway-class-not-accepted.ts';
import { gatewayNotProgrammed } from './gateway-not-programmed.ts';
import { gatewayRouteBackendMissing } from './gateway-route-backend-missing.ts';
import { gatewayRouteUnattached } from './gateway-route-unattached.ts';
import { ingressBackendMissing } from './ingress-backend-missing.ts';
import { ingressClassMissing } from './ingress-class-missing.ts';
import { loadBalancerPending } from './load-balancer-pending.ts';
import { networkPolicyAllowsAll } from './network-policy-allows-all.ts';
import { networkPolicySelectsNothing } from './network-policy-selects-nothing.ts';
import { routeBackendMissing } from './route-backend-missing.ts';
import { servicePortMismatch } from './service-port-mismatch.ts';
import { serviceSelectsNothing } from './service-selects-nothing.ts';
import { serviceWithoutEndpoints } from './service-without-endpoints.ts';
import { tlsCertificateNotReady } from './tls-certificate-not-ready.ts';
import { variableNamesNoService } from './variable-names-no-service.ts';

export const networkRules: readonly Rule[] = [
  gatewayClassNotAccepted,
  gatewayNotProgrammed,
  gatewayRouteBackendMissing,
  gatewayRouteUnattached,
  ingressBackendMissing,
  ingressClassMissing,
  loadBalancerPending,
  networkPolicyAllowsAll,
  networkPolicySelectsNothing,
  routeBackendMissing,
  servicePortMismatch,
  serviceSelectsNothing,
  serviceWithoutEndpoints,
  tlsCertificateNotReady,
  variableNamesNoService,
];
