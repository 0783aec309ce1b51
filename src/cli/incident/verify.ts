import { Command } from 'commander';
import { z } from 'zod';
import { askDaemon } from '../ask-daemon.ts';
import type { CliContext } from '../terminal.ts';

const verified = z.object({ incidents: z.int(), events: z.int(), broken: z.array(z.string()) });

export function verifyCommand(context: CliContext): Command {
  const command = new Command('verify')
    .description('hold every event and every piece of evidence against its hash; exit 1 when one does not match')
    .argument('[incident]', 'inc_…; without: all');
  return command.action(async (incident: string | undefined) => {
    const { terminal } = context;
    await using daemon = await askDaemon(command, context);
    const answer = await daemon.request('incident.verify', incident === undefined ? {} : { incident });
    const { incidents, events, broken } = verified.parse(answer);
    for (const line of broken) terminal.out(`BROKEN ${line}`);
    terminal.out(`${incidents} incidents, ${events} events, ${broken.length} broken`);
    if (broken.length > 0) process.exitCode = 1;
  });
}
