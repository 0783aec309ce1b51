import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import type { EditSources } from '../../../src/iac/edit/port.ts';
import { parseHcl } from '../../../src/iac/hcl/parse.ts';
import { typedHomelab } from '../../../src/iac/origin/typed-homelab.fixture.ts';
import { readStackGraph } from '../../../src/iac/stacks/read.ts';
import { sourcesOf } from '../../../src/keep/stacks/sources.ts';
import { imageOf, stackFile, terragruntFile } from '../../../test/lab/homelab/hcl.ts';
import { appThat, claimName, drawHomelab, type Stack, secretName } from '../../../test/lab/homelab/model.ts';
import { nameMaker } from '../../../test/lab/sample/names.ts';
import data from './corpus.json' with { type: 'json' };

/**
 * A hundred commands as one types them at night, over the sample homelab, the typed one, and a stack of what neither has. What an
 * app is called is drawn anew, so the commands name it by what it does: `{{webmail}}`, `{{webmail namespace}}`.
 */
const object = z.strictObject({ kind: z.string(), name: z.string(), namespace: z.string().nullable() });
/** Of an object’s fields: `spec.template.spec.containers[web].env[TZ].value`. Null: it is gone. */
const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const entry = z.strictObject({
  command: z.string(),
  stdin: z.string().optional(),
  expect: z.discriminatedUnion('is', [
    z.strictObject({
      is: z.literal('patch'),
      file: z.string(),
      /** All that the patch adds. */
      lines: z.array(z.string()),
      object,
      fields,
      /** What the same literal stands for besides. */
      also: fields.optional(),
    }),
    z.strictObject({ is: z.literal('look'), object }),
    /** `words`: a part of what is said of the command; `source`: how the edit may be refused. */
    z.discriminatedUnion('by', [
      z.strictObject({ is: z.literal('none'), by: z.literal('words'), why: z.string() }),
      z.strictObject({ is: z.literal('none'), by: z.literal('source'), why: z.array(z.string()).min(1) }),
    ]),
  ]),
});
export type CorpusEntry = z.output<typeof entry>;

export interface Corpus {
  readonly entries: readonly CorpusEntry[];
  readonly sources: EditSources;
  /** The same sources, had the files these texts. */
  withFiles(changed: ReadonlyMap<string, string>): Promise<EditSources>;
}

export async function drawCorpus(): Promise<Corpus> {
  const draw = nameMaker();
  const stacks = drawHomelab(Array.from({ length: 40 }, draw), draw);
  const files = filesOf(stacks);
  const sources = await readSources(files);
  return {
    entries: z.array(entry).parse(JSON.parse(filled(JSON.stringify(data), stacks))),
    sources,
    withFiles: (changed) => changedSources(sources, changed),
  };
}

function filled(text: string, stacks: readonly Stack[]): string {
  return text.replaceAll(
    /\{\{([a-z ]+?)(?: (namespace|repository|secret|claim|stack))?\}\}/g,
    (_, does: string, what) => {
      const { stack, app } = appThat(stacks, does);
      if (what === 'namespace') return app.namespace;
      if (what === 'repository') return imageOf(stack, app).replace(/:[^:]*$/, '');
      if (what === 'secret') return secretName(app);
      if (what === 'claim') return claimName(app);
      return what === 'stack' ? stack.name : app.name;
    },
  );
}

const fixed = join(import.meta.dirname, '../../../test/lab/homelab/files');

function filesOf(stacks: readonly Stack[]): ReadonlyMap<string, string> {
  const modules = readdirSync(fixed, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .map((path) => [relative(fixed, path), readFileSync(path, 'utf8')] as const);
  return new Map([
    ...Object.entries(typedHomelab),
    ...Object.entries(shop),
    ...modules,
    ...stacks.flatMap((stack) => [
      [`stacks/${stack.name}/terragrunt.hcl`, terragruntFile(stack)] as const,
      [`stacks/${stack.name}/main.tf`, stackFile(stack)] as const,
    ]),
  ]);
}

/** What neither homelab has: an object that a controller scales, and one that two stacks make. */
const banner = `resource "kubernetes_config_map_v1" "banner" {
  metadata {
    name      = "banner"
    namespace = "shop"
  }
  data = { text = "open" }
}
`;
const shop: Readonly<Record<string, string>> = {
  'stacks/shop/main.tf': `# How many there are is the HorizontalPodAutoscaler's business.
resource "kubectl_manifest" "shop" {
  yaml_body = yamlencode({
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "shop", namespace = "shop" }
    spec = {
      replicas = 2
      template = { spec = { containers = [{ name = "shop", image = "registry.example.net/shop:1.0.0" }] } }
    }
  })
  ignore_fields = ["spec.replicas"]
}

${banner}`,
  'stacks/shop-next/main.tf': banner,
};

async function readSources(files: ReadonlyMap<string, string>): Promise<EditSources> {
  const source = { files };
  const graph = await readStackGraph(source, { stacks: ['stacks/*'], modules: ['modules/*'] });
  const tree = { tree: '', files: [], source, graph };
  const text = (path: string): string | undefined => files.get(path);
  const stacks = await Promise.all(
    [...graph.stacks.keys()].map(async (stack) => [stack, await sourcesOf(tree, stack, undefined)] as const),
  );
  return { stacks: new Map(stacks), text, isHidden: () => false };
}

/** Of the stacks that read a changed file, and the others as they are: nothing of those need be worked out again. */
async function changedSources(
  { stacks, text }: EditSources,
  changed: ReadonlyMap<string, string>,
): Promise<EditSources> {
  const read = (path: string): string | undefined => changed.get(path) ?? text(path);
  const all = await Promise.all(
    [...stacks].map(async ([stack, sources]) => {
      const isOwn = [...changed.keys()].some((path) => path.startsWith(`${stack}/`));
      if (!isOwn && !sources.files.some(({ path }) => changed.has(path))) return [stack, sources] as const;
      const files = sources.files.map((file) => {
        const now = changed.get(file.path);
        return now === undefined ? file : parseHcl(file.path, now);
      });
      return [stack, { ...sources, text: read, files: await Promise.all(files) }] as const;
    }),
  );
  return { stacks: new Map(all), text: read, isHidden: () => false };
}
