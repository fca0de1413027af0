import type { Command } from 'commander';
import type { CommonOptions } from '../command.ts';
import { type Candidate, candidates, type KnownNames } from '../completion/candidates.ts';
import { type CompletionShell, scripts } from '../completion/scripts.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints what a shell reads once. */
export function runCompletion(session: Session, shell: CompletionShell, { json }: CommonOptions): void {
  const document = { shell, script: scripts[shell] };
  if (json) printResult(session, json, document, () => '');
  else session.out(document.script);
}

/** Prints the words that may stand where the last one is being typed, one a line. */
export async function runComplete(session: Session, program: Command, words: string[]): Promise<void> {
  const found = await candidates(program, words, namesInTemporal);
  session.out(found.map(lineOf).join(''));
}

const lineOf = ({ word, description }: Candidate) => `${word} ${description.split('\n')[0]}\n`;

/** A Tab waits no longer than that, and nothing is offered while Temporal or a worker is away. */
const answerWithinMs = 2_000;

const namesInTemporal: KnownNames = {
  tenants: () => namesOr(async ({ withClient, tenantNames }) => withClient(tenantNames)),
  approvals: () =>
    namesOr(async ({ withClient, listApprovals }) => {
      const open = await withClient((client) => listApprovals(client, null, { open: true }));
      return open.map(({ id }) => id);
    }),
};

/** Temporal's client is loaded only where names of it may stand. */
async function namesOr(ask: (remote: Remote) => Promise<string[]>): Promise<string[]> {
  const giveUp = new Promise<string[]>((resolve) => setTimeout(resolve, answerWithinMs, []).unref());
  const asked = loadRemote()
    .then(ask)
    .catch(() => []);
  return await Promise.race([asked, giveUp]);
}

async function loadRemote() {
  const { withClient } = await import('../remote/connection.ts');
  const { tenantNames } = await import('../remote/known-tenant.ts');
  const { listApprovals } = await import('../remote/approvals.ts');
  return { withClient, tenantNames, listApprovals };
}
type Remote = Awaited<ReturnType<typeof loadRemote>>;
