import { error, type ReportRule, shown, warning } from '../rule.ts';

export const pathsExist: ReportRule = {
  id: 'V24',
  title: 'Files that action items name are in the infra repository, with as many lines.',
  severities: ['error', 'warning'],
  applies: ({ narrative }) => narrative.actions.length > 0,
  *check(input) {
    const { repository, narrative } = input;
    const made = new Set(
      narrative.actions.flatMap(({ path, newFile }) => (newFile === true && path !== undefined ? [path] : [])),
    );
    for (const [index, { path, newFile, lines, verify }] of narrative.actions.entries()) {
      const at = `actions[${index}]`;
      if (lines !== undefined && (path === undefined || newFile === true))
        yield error(`${at}.lines`, 'lines of a file that is not there', 'leave the lines out');
      if (lines !== undefined && lines[0] > lines[1])
        yield error(`${at}.lines`, 'the range ends before it begins', 'give the first line, then the last');
      const named = [
        ...(path === undefined ? [] : [[`${at}.path`, path] as const]),
        ...('path' in verify && verify.kind !== 'file-exists' ? [[`${at}.verify.path`, verify.path] as const] : []),
      ];
      for (const [place, file] of named) {
        if (!/^[A-Za-z0-9_][A-Za-z0-9._/-]*$/.test(file) || file.split('/').includes('..'))
          yield error(place, `${shown(file)} is no path in the repository`, 'give the path from its root');
        else if (repository === undefined)
          yield warning(
            place,
            'no infra repository is configured: nobody knows whether the file is there',
            'look at it yourself',
          );
        else if (place === `${at}.path` && newFile === true && repository.lines.get(file) !== undefined)
          yield error(place, `${shown(file)} is there already`, 'leave `newFile` out');
        else if (repository.lines.get(file) === undefined && !made.has(file))
          yield error(
            place,
            `${shown(file)} is not there at ${repository.commit}`,
            'name a file that is there, or set `newFile: true`',
          );
      }
      const count = path === undefined ? undefined : repository?.lines.get(path);
      if (lines !== undefined && count !== undefined && lines[1] > count)
        yield error(`${at}.lines`, `${shown(path ?? '')} has ${count} lines`, `end at ${count} or before`);
    }
  },
};
