import type { Verdict } from '../finding.ts';
import { foldedPart } from './path-names.ts';

/**
 * Files that are more than data to somebody who works with the repository: consent is needed for each, whatever the globs say.
 * The first that fits names a file. Names are compared folded, so `Makefile` is written `makefile` here.
 */
interface KindOfFile {
  readonly id: string;
  readonly verdict: Verdict;
  readonly sentence: string;
  /** Of the last part of the path. */
  readonly file?: RegExp;
  /** Of any folder above it. */
  readonly folder?: RegExp;
}

const keepOut = 'leave it out, or let a human look at it and consent';

export const kindsOfFile: readonly KindOfFile[] = [
  {
    id: 'edit-ci',
    verdict: 'consent',
    sentence: `configures a pipeline, which runs it with its own credentials: ${keepOut}`,
    file: /^(\.gitlab-ci.*|\.woodpecker.*|\.drone.*|jenkinsfile.*|\.travis\.ya?ml|azure-pipelines.*|bitbucket-pipelines.*|\.?appveyor\.ya?ml|cloudbuild.*\.(ya?ml|json)|\.?atlantis\.ya?ml|\.?digger\.ya?ml|\.?renovate.*|\.?dependabot.*|buildspec.*\.ya?ml|\.cirrus\.ya?ml|\.?earthfile)$/,
    folder:
      /^(\.github|\.gitlab|\.forgejo|\.gitea|\.woodpecker|\.circleci|\.buildkite|\.tekton|\.drone|\.semaphore|\.teamcity|\.spacelift|\.terrateam|\.jenkins|\.azure-pipelines|\.ci)$/,
  },
  {
    id: 'edit-encryption',
    verdict: 'consent',
    sentence: `is encrypted, or says who can decrypt, and cannot be judged: ${keepOut}`,
    file: /^(\.sops\.(ya?ml|json)|.*\.(sops|enc|encrypted)(\..*)?|.*\.(age|gpg|pgp|asc|pem|key|p12|pfx|jks|kubeconfig))$/,
    folder: /^(\.git-crypt|\.sops|\.age)$/,
  },
  {
    id: 'edit-git-file',
    verdict: 'consent',
    sentence: `tells git what to run or where to fetch from: ${keepOut}`,
    file: /^(\.git(?!keep$).*|\.lfsconfig|\.hgsub)$/,
    folder: /^\.git.+$/,
  },
  {
    id: 'edit-agent-file',
    verdict: 'consent',
    sentence: `instructs or equips other agents and editors: ${keepOut}`,
    file: /^(claude(\.local)?\.md|agents\.md|gemini\.md|\.mcp\.json|mcp\.json|\.cursorrules|\.windsurfrules|\.clinerules|\.aider.*|copilot-instructions\.md)$/,
    folder:
      /^(\.claude|\.claude-plugin|\.cursor|\.vscode|\.idea|\.devcontainer|\.codex|\.gemini|\.continue|\.windsurf)$/,
  },
  {
    id: 'edit-lock-file',
    verdict: 'consent',
    sentence: `pins the bytes of programs that are run: ${keepOut}`,
    file: /^(\.terraform\.lock\.hcl|.*\.lock|.*\.lock\.(hcl|json|ya?ml)|.*-lock\.(json|ya?ml)|go\.sum|npm-shrinkwrap\.json)$/,
  },
  {
    id: 'edit-engine-file',
    verdict: 'consent',
    sentence: `is written by the engine, not by people (cache, plan or state): ${keepOut}`,
    file: /^(.*\.tfstate([.-].*)?|.*\.tfplan([.-].*)?|tfplan|crash\.log)$/,
    folder: /^(\.terraform|\.terragrunt-cache|\.terragrunt-stack|\.tofu|terraform\.tfstate\.d)$/,
  },
  {
    id: 'edit-engine-settings',
    verdict: 'consent',
    sentence: `says which programs the engine loads and from where: ${keepOut}`,
    file: /^(.*\.?(terraform|tofu)rc|(terraform|tofu)\.rc|\.(terraform|tofu|opentofu|terragrunt)-version|\.tool-versions|\.?mise(\..*)?\.toml|\.tflint.*|\.terraformignore|\.tgignore|\.opentofu.*)$/,
  },
  {
    id: 'edit-hcl',
    verdict: 'consent',
    sentence: `is run by Terragrunt while it is only parsed: ${keepOut}`,
    file: /\.hcl(\.json)?$/,
  },
  {
    id: 'edit-override',
    verdict: 'consent',
    sentence: `replaces parts of blocks that stand in other files: edit those files instead, or let a human consent`,
    file: /override\.(tf|tofu)(\.json)?$/,
  },
  {
    id: 'edit-json-source',
    verdict: 'consent',
    sentence: `is configuration as JSON, which the scan cannot follow: write HCL instead, or let a human consent`,
    file: /\.(tf|tofu)\.json$/,
  },
  {
    id: 'edit-tofu-source',
    verdict: 'consent',
    sentence: `takes the place of the .tf file of its name, for OpenTofu alone: edit that file instead, or let a human consent`,
    file: /\.tofu$/,
  },
  {
    id: 'edit-automatic-variables',
    verdict: 'consent',
    sentence: `sets variables of a whole stack without being named anywhere: set them where they are used, or let a human consent`,
    file: /^(terraform\.tfvars(\.json)?|.*\.auto\.tfvars(\.json)?)$/,
  },
  {
    id: 'edit-script',
    verdict: 'consent',
    sentence: `is a program, or says which are run: ${keepOut}`,
    file: /^(.*\.(sh|bash|zsh|fish|ksh|py|pyw|rb|pl|php|lua|js|mjs|cjs|ts|mts|cts|ps1|psm1|bat|cmd|exe|so|dll|dylib|wasm|jar|mk|just|nix|rego|sentinel)|(gnu)?makefile.*|\.?justfile|taskfile.*|rakefile|gemfile|procfile|dockerfile.*|containerfile.*|\.envrc|\.env(\..*)?|\.?direnv.*|package\.json|pyproject\.toml|setup\.cfg|\.npmrc|\.yarnrc.*|\.pnpmfile.*|\.pre-commit.*|\.?lefthook.*|\.bashrc|\.profile|\.zshrc)$/,
    folder: /^(scripts?|hooks|\.husky|\.githooks|\.mvn|\.direnv|\.mise|\.yarn)$/,
  },
];

export function kindOfFile(path: string): KindOfFile | undefined {
  const folders = path.split('/').map(foldedPart);
  const file = folders.pop() ?? '';
  return kindsOfFile.find(
    (kind) => kind.file?.test(file) === true || folders.some((folder) => kind.folder?.test(folder) === true),
  );
}
