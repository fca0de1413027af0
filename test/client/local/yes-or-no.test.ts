/** A question at a terminal, as a person answers it. */
import { expect, test } from '@jest/globals';
import { projectFolder } from '../../../client/local/project-folder.ts';
import { atTerminal } from '../support/pseudo-terminal.ts';

const asks = `
  const { terminalSession } = await import(${JSON.stringify(`${projectFolder()}/dist/client/terminal.js`)});
  console.log('It is ' + (await terminalSession().watcher.confirm('Take cycle 8 back?')) + '.');`;

test.each([
  ['y', true],
  ['Yes', true],
  ['', false],
  ['no', false],
  // Pasted for the next prompt of the shell: it has a y in it.
  ['timely-sync history contoso', false],
])('"%s" with Enter is %s', async (line, isYes) => {
  const person = atTerminal(['--input-type=module', '--eval', asks], process.env);
  await person.answer('Take cycle 8 back? (yes or no)', line);
  await person.see(`It is ${isYes}.`);
  expect(await person.ended).toBe(0);
});
