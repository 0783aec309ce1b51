import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../redaction/index.ts';
import { emptySummary, MemoryRepository, standInParts } from '../runs/stand-ins.fixture.ts';
import { someConfig } from './changes.fixture.ts';
import { pageOf } from './paging.ts';

const [plain] = someConfig.profiles;

async function page(before: Record<string, string>, after: Record<string, string>, executes: readonly string[] = []) {
  if (plain === undefined) throw new Error('no profile');
  const git = new MemoryRepository();
  const baseCommit = git.commitTree(before);
  git.commitTree({ ...before, other: 'x' }, 'main', baseCommit);
  const parts = standInParts();
  const tree = async (files: Record<string, string>) => {
    const source = { files: new Map(Object.entries(files)) };
    const id = git.add(files);
    return { tree: id, files: await git.files(id), source, graph: await parts.readGraph(source) };
  };
  const [base, proposed] = [await tree(before), await tree(after)];
  return pageOf(
    {
      base,
      proposed,
      baseCommit,
      changes: await git.changes(base.tree, proposed.tree),
      stack: 'stacks/mail',
      profile: {
        ...plain,
        endpoints: [{ host: 'grafana', port: 443, to: { host: 'grafana.example.net', port: 3000 } }],
        apply: {
          kubernetes: { kubeconfig: '/etc/k', context: 'home' },
          connection: undefined,
          credentials: {},
          timeoutSeconds: 60,
        },
      },
      summary: { ...emptySummary, executes: [...executes] },
    },
    {
      journal: { landed: { all: async () => [] } },
      repository: { git },
      config: { repository: { branch: 'main' } },
      redactor: createRedactor(),
    },
  );
}

const main = `resource "null_resource" "migrate" {
  provisioner "local-exec" {
    command = "\${path.module}/scripts/migrate.sh --now"
  }
}
resource "null_resource" "quiet" {
  provisioner "local-exec" {
    command = "true"
  }
}
module "chart" {
  source = "git::https://git.example.net/chart.git"
}
module "own" {
  source = "../../modules/x"
}
`;

describe('the page of a change', () => {
  it('has what an apply executes word for word, with the scripts it names', async () => {
    const files = { 'stacks/mail/main.tf': main, 'stacks/mail/scripts/migrate.sh': '#!/bin/sh\necho migrate\n' };
    const { executes } = await page({}, files, ['provisioner local-exec of null_resource.migrate']);
    expect(executes).toEqual([
      {
        what: 'provisioner local-exec of null_resource.migrate (stacks/mail/main.tf:2)',
        text: expect.stringContaining('migrate.sh --now'),
      },
      {
        what: expect.stringContaining('stacks/mail/scripts/migrate.sh'),
        text: expect.stringContaining('echo migrate'),
      },
    ]);
  });

  it('says of what executes from a source that cannot be read that it cannot', async () => {
    const { executes } = await page({}, { 'stacks/mail/main.tf': 'resource {{{' }, ['provisioner local-exec of a.b']);
    expect(executes).toEqual([
      { what: 'provisioner local-exec of a.b', text: expect.stringContaining('could not be read') },
    ]);
  });

  it('has what is fetched, what is reached, and what others did since', async () => {
    const { fetches, reaches, others } = await page({}, { 'stacks/mail/main.tf': main });
    expect(fetches).toEqual([expect.stringContaining('git::https://git.example.net/chart.git')]);
    expect(reaches).toEqual([
      "the Kubernetes API of the profile's kubeconfig, context home",
      'grafana:443, which is grafana.example.net:3000',
    ]);
    expect(others).toMatchObject([{ author: 'someone', subject: 'a commit' }]);
  });

  it('shows at most 400 lines of a file and says how many it left out', async () => {
    const { files } = await page({}, { 'stacks/mail/main.tf': 'a = 1\n'.repeat(1_000) });
    expect(files[0]?.text?.split('\n')).toHaveLength(400);
    expect(files[0]?.more).toBe(601);
  });
});
