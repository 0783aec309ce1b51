import { error, type ReportRule, warning } from '../rule.ts';

export const onlySafeItemsAreAutomatable: ReportRule = {
  id: 'V28',
  title: 'Only config, alert and monitor items outside of the platform may be prepared without asking.',
  severities: ['error', 'warning'],
  applies: ({ narrative }) => narrative.actions.some(({ automatable }) => automatable),
  *check(input) {
    for (const [index, { automatable, type, path, verify }] of input.narrative.actions.entries()) {
      if (!automatable) continue;
      const at = `actions[${index}].automatable`;
      if (!safe.includes(type)) yield error(at, `items of the type ${type} need a human`, 'write false');
      if (path === undefined) yield error(at, 'it names no file', 'name the file it changes, or write false');
      if (verify.kind === 'manual')
        yield error(at, 'no machine can tell whether it landed', 'give a test, or write false');
      const stack = input.repository?.platformStacks.find(
        (folder) => path !== undefined && (path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`)),
      );
      if (stack !== undefined) yield error(at, `${stack} is part of the platform`, 'write false');
      if (input.repository === undefined)
        yield warning(
          at,
          'no infra repository is configured: nobody knows whether the file is of the platform',
          'write false',
        );
    }
  },
};

const safe: readonly string[] = ['config', 'alert', 'monitor'];
