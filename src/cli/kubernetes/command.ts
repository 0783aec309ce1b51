import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { defaultConfig, loadConfig, locate, namedConfig, prepareHome } from '../../config/index.ts';
import { stripHiddenCharacters } from '../../kit/index.ts';
import { firstConfig } from '../first-config.ts';
import { type GlobalOptions, globalOptions } from '../global-options.ts';
import { survey } from '../survey.ts';
import type { CliContext } from '../terminal.ts';
import { placeWhole } from '../written-file.ts';
import { type ConfigSection, configSection } from './config-section.ts';
import { accessError } from './errors.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';
import { knownContexts, kubeconfigPath, tried, writeLogin } from './login.ts';
import { planLines } from './plan.ts';
import { type ReaderRole, readerRole } from './reader-role.ts';
import { chosenContext, clusterOf, newToken } from './source.ts';
import { verifyLogin } from './verify.ts';

interface Options {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly days: number;
  readonly renew?: true;
  readonly yes?: true;
  readonly print?: true;
}

type Stray = Readonly<Partial<Record<'out' | 'force' | 'client', unknown>>>;

/**
 * `castellan init kubernetes`: a human, with their own kubectl and a context that may do so, gives Castellan an account
 * that can only look. It shows what it will make, and makes nothing before they agreed; the token is never shown.
 */
export function initKubernetesCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('kubernetes')
    .description('make a read-only account in a cluster with your own kubectl, and a kubeconfig of its own')
    .option('--context <name>', 'your context to make it with; default: the current one')
    .option('--kubeconfig <file>', 'your kubeconfig; default: what kubectl finds')
    .option('--days <n>', 'days until its token ends, if the API server grants as many', wholeDays, 365)
    .option('--renew', 'make another token for a context that has one')
    .option('--yes', 'do not ask, for scripts')
    .option('--print', 'print what would be applied, and do nothing');
  return command.action(async () => {
    // The parser gives --yes to `castellan init`, which has one too, and would take its other options for ours.
    const { out, force, client, ...options } = command.optsWithGlobals<Options & Stray>();
    const stray = Object.entries({ out, force, client }).find(([, value]) => value !== undefined);
    if (stray !== undefined) command.error(`error: unknown option '--${stray[0]}'`);
    const role = readerRole();
    if (options.print === true) terminal.out(role.text.trimEnd());
    else await giveAccess(context, globalOptions(command), options, role);
  });
}

async function giveAccess(
  context: CliContext,
  flags: GlobalOptions,
  options: Options,
  role: ReaderRole,
): Promise<void> {
  const { terminal } = context;
  const say = (line: string): void => terminal.err(stripHiddenCharacters(line));
  const { home } = locate({ flags, ...context });
  const kubeconfig = kubeconfigPath(home);
  if (options.yes !== true && terminal.ask === undefined)
    throw unconfirmed('stdin is no terminal, so nobody could agree');

  const own = options.kubeconfig === undefined ? [] : [`--kubeconfig=${options.kubeconfig}`];
  const name = await chosenContext(kubectlFor(context, own), options.context);
  const kubectl = kubectlFor(context, [...own, `--context=${name}`]);
  const known = knownContexts(home).includes(name);
  if (known && options.renew !== true) {
    throw accessError('init-login-exists', {
      message: `${kubeconfig} has a credential for the context ${JSON.stringify(name)} already`,
      next: 'use it, or replace it with --renew',
    });
  }
  const cluster = await clusterOf(kubectl, name);
  const existing = await kubectl.run(['get', 'clusterrole', role.name, '--output=json', '--ignore-not-found']);
  const section = sectionFor(context, flags, { kubeconfig, context: name });

  const plan = { context: name, server: cluster.server, role, existing, kubeconfig, renews: known, days: options.days };
  for (const line of planLines({ ...plan, section })) say(line);
  await confirm(context, options, name);

  prepareHome({ home });
  await apply(kubectl, role);
  say(`made: account ${role.account.namespace}/${role.account.name}, role ${role.name}`);
  const { token, ends } = await newToken(kubectl, role, options.days);
  const login = { context: name, cluster, token };
  const doubts = await tried(home, login, (trial) => verifyLogin(trial, name));
  writeLogin(home, login);
  say(`wrote ${kubeconfig}; its account was tried: it reads, and can do nothing else`);
  for (const doubt of doubts) say(`not known: ${doubt}`);
  say(`its token ends ${ending(ends, options.days)}; before that: castellan init kubernetes --renew`);
  if (section.text !== undefined) {
    const { path, text, mode } = section;
    placeWhole({ path, text, mode, replace: true, check: (file) => load(context, file) });
    say(`wrote ${path}`);
  }
  say('next: castellan doctor');
}

/** What castellan.yaml is to say; one that does not load as it is, is told before anything is made. */
function sectionFor(
  context: CliContext,
  flags: GlobalOptions,
  login: { readonly kubeconfig: string; readonly context: string },
): ConfigSection {
  const { environment, cwd, groups } = context;
  const path = namedConfig({ flags, environment, cwd }) ?? defaultConfig(environment);
  if (existsSync(path)) load(context, path);
  return configSection(path, () => firstConfig({ ...survey(environment, cwd), kubernetes: undefined }, groups), login);
}

function load({ environment, cwd, groups }: CliContext, config: string): void {
  loadConfig({ flags: { config }, environment: { HOME: environment['HOME'] }, cwd, slices: groups });
}

/** Only who read the context's name types it. Says nothing of who may: what follows, their own credentials decide. */
async function confirm({ terminal }: CliContext, { yes }: Options, name: string): Promise<void> {
  if (yes === true) return;
  const answer = (await terminal.ask?.(`type the context's name to go on (${stripHiddenCharacters(name)}): `)) ?? '';
  if (answer.trim() !== name) throw unconfirmed("that was not the context's name");
}

async function apply(kubectl: Kubectl, { text }: ReaderRole): Promise<void> {
  const how = ['--server-side', '--force-conflicts', '--field-manager=castellan-init'];
  await kubectl.run(['apply', ...how, '--filename=-'], text);
}

function ending(ends: Date, asked: number): string {
  const granted = (ends.getTime() - Date.now()) / 86_400_000;
  const less = granted < asked * 0.9 ? ` (the API server granted ${granted.toFixed(1)} of ${asked} days)` : '';
  return `${ends.toISOString().slice(0, 16).replace('T', ' ')} UTC${less}`;
}

function unconfirmed(why: string): Error {
  return accessError('init-not-confirmed', {
    message: `${why}; nothing was changed`,
    next: 'run it in a terminal and type the name, or give --yes; --print shows what would be applied',
  });
}

function wholeDays(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value) && Number(value) <= 3_650) return Number(value);
  throw new InvalidArgumentError('a whole number of days, at most 3650');
}
