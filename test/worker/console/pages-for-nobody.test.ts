/** What strangers see of the console, and what every answer of it has. */
import { expect, test } from '@jest/globals';
import { openConsole } from './support/console-in-process.ts';

test('a tenant that exists and one that does not look the same to a stranger', async () => {
  const browser = openConsole().browser();
  const pages = await Promise.all(
    ['/t/contoso~AAAAAAAAAAAA', '/t/nobody~AAAAAAAAAAAA/approvals/3', '/t/contoso', '/', '/somewhere'].map(
      (path) => browser.get(path),
    ),
  );
  expect(new Set(pages.map(({ page }) => page)).size).toBe(1);
  expect(pages.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
});

test('every answer forbids scripts, frames and what is not from here', async () => {
  const { browser, pathOf } = openConsole({ whoMay: { mayLook: true } });
  const signedIn = await browser().signIn('contoso');
  for (const path of ['/', pathOf('contoso')]) {
    const { headers, page } = await signedIn.get(path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(page).not.toMatch(/<script|style=|<style| on[a-z]+=/);
  }
});

test('a person without a session is led to the sign-in, and back to the page', async () => {
  const { browser, pathOf } = openConsole();
  const { status, location } = await browser().get(`${pathOf('contoso')}/approvals/3?page=2`);
  expect(status).toBe(302);
  const to = new URLSearchParams({ to: `${pathOf('contoso')}/approvals/3?page=2` });
  expect(location).toBe(`${pathOf('contoso')}/sign-in?${to}`);
});

test('a person who is listed nowhere gets no further', async () => {
  const { browser, pathOf } = openConsole({ whoMay: { by: 'ada@contoso.example' } });
  const ada = await browser().signIn('contoso');
  const { status, page } = await ada.get(pathOf('contoso'));
  expect(status).toBe(403);
  expect(page).toContain('You are signed in as ada@contoso.example');
});
