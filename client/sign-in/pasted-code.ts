/** The out-of-band redirect (docs/reference/timely-api.md section 1): Timely shows the code, and somebody pastes it. */
import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';
import type { CodeReceiver } from './code-receiver.ts';
import { codeIn } from './redirect-answer.ts';

const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';

/** Takes the code, or the whole address with the code in it, from whoever types, or from standard input. */
export function pastedCode(session: Session, state: string): CodeReceiver {
  return {
    redirectUri: outOfBand,
    code: async () => readPasted(await session.readLine('The code that Timely shows, or its address'), state),
    close: async () => undefined,
  };
}

function readPasted(line: string | null, state: string): string {
  const text = line?.trim() ?? '';
  if (text.includes('?')) return codeIn(new URLSearchParams(text.slice(text.indexOf('?'))), state);
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw usageError('No code was given: paste the code that Timely shows, or the whole address with it.');
}
