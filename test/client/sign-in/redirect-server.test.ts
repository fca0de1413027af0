import { expect, test } from '@jest/globals';
import { exitCodes } from '../../../client/exit-codes.ts';
import { startRedirectServer } from '../../../client/sign-in/redirect-server.ts';

test('receives the code, and does not show it in the page', async () => {
  const server = await startRedirectServer(0, 'state-1');
  const answer = await fetch(`${server.redirectUri}?code=the-code&state=state-1`);
  expect(await server.code()).toBe('the-code');
  expect(await answer.text()).not.toContain('the-code');
  await server.close();
  await expect(fetch(server.redirectUri)).rejects.toThrow();
});

test('does not show text that another page put into the response', async () => {
  const server = await startRedirectServer(0, 'state-1');
  const answer = await fetch(`${server.redirectUri}?error=<script>alert(1)</script>&state=state-1`);
  expect(await answer.text()).not.toContain('script');
  await expect(server.code()).rejects.toThrow('Timely did not let us in:');
  await server.close();
});

test('refuses a port in use, and names the option for another', async () => {
  const server = await startRedirectServer(0, 'state-1');
  const port = Number(new URL(server.redirectUri).port);
  await expect(startRedirectServer(port, 'state-2')).rejects.toMatchObject({
    exitCode: exitCodes.wrongUse,
    message: expect.stringContaining('--port'),
  });
  await server.close();
});
