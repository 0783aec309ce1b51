import { describe, expect, it } from 'vitest';
import { revertedBy } from './reverted-by.ts';

const by = (name: string, subresource?: string) => ({ by: name, how: 'Update' as const, at: '', subresource });
const field = { stack: 'stacks/mail', isIgnored: false, inSource: true, managers: [] };

describe('what takes an edit by hand back', () => {
  it.each([
    [
      'the next apply, of what stands in the source',
      { ...field, managers: [by('kubectl-edit')] },
      'the next apply of stack stacks/mail',
    ],
    [
      'an autoscaler too, where one scales',
      { ...field, managers: [by('Terraform'), by('kube-controller-manager', 'scale')] },
      'the next apply of stack stacks/mail; an autoscaler (HPA) at its next look',
    ],
    [
      'the autoscaler alone, where the source lets go',
      { ...field, isIgnored: true, managers: [by('kube-controller-manager', 'scale')] },
      'an autoscaler (HPA) at its next look',
    ],
    [
      'Helm',
      { ...field, stack: undefined, inSource: false, managers: [by('helm')] },
      'the next upgrade of the Helm release',
    ],
    ['Flux', { ...field, inSource: false, managers: [by('kustomize-controller')] }, 'Flux at its next reconciliation'],
    [
      'an admission webhook that writes by itself',
      { ...field, inSource: false, managers: [by('kyverno')] },
      'admission (kyverno) at the next write',
    ],
    [
      'an operator by its name',
      { ...field, inSource: false, managers: [by('cnpg-operator')] },
      'controller cnpg-operator',
    ],
    [
      'nobody Terraform has told to',
      { ...field, isIgnored: true },
      'not Terraform: the source ignores it (ignore_changes)',
    ],
    [
      'nobody that is known',
      { ...field, stack: undefined, inSource: false, managers: [by('kubectl-patch')] },
      'nothing that is known here',
    ],
  ])('is %s', (_, owned, words) => {
    expect(revertedBy(owned)).toBe(words);
  });
});
