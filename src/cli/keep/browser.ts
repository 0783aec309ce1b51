import { execa } from 'execa';
import type { Terminal } from '../terminal.ts';

/** Opens an address the keep gave, as the desktop does. Where there is none, the address is in the terminal already. */
export async function openBrowser(
  address: string,
  terminal: Terminal,
  program = openerOf(process.platform),
): Promise<void> {
  if (URL.parse(address)?.protocol.startsWith('http') !== true) {
    terminal.err('there is no page to open');
    return;
  }
  const { failed } = await execa(program, [address], {
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  if (failed) terminal.err(`no browser could be opened here: open ${address} yourself`);
}

function openerOf(platform: NodeJS.Platform): string {
  return platform === 'darwin' ? 'open' : 'xdg-open';
}
