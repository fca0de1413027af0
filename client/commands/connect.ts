import type { Command } from 'commander';
import type { ConnectFlags } from '../actions/connect.ts';
import { addCommand, portNumber } from '../command.ts';
import type { Session } from '../render/output.ts';
import { defaultRedirectPort } from '../sign-in/redirect-port.ts';

/** Adds `connect`: a sign-in to Timely, and a full cycle with it. */
export function addConnect(program: Command, session: Session): void {
  addCommand(program, {
    name: 'connect <tenant>',
    summary: 'signs in to Timely for a tenant, in the browser',
    description: 'signs in to Timely in the browser; the sync acts as the account that signs in',
    examples: ['connect contoso', 'connect contoso --paste', 'connect contoso --port 9000'],
  })
    .option('--paste', 'for machines without a browser: Timely shows a code, which is pasted here')
    .option(
      '--port <number>',
      'port of the redirect address on this machine',
      portNumber(0),
      defaultRedirectPort,
    )
    .action(async (tenant: string, flags: ConnectFlags) => {
      const { runConnect } = await import('../actions/connect.ts');
      await runConnect(session, tenant, flags);
    });
}
