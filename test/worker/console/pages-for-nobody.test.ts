/** What strangers see of the console, and what every answer of it has. */
import { expect, test } from '@jest/globals';
import { hostileTexts, unseenCharacter } from '../../support/texts/hostile-texts.ts';
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

test.each(['/t/%E0%A4%A', '/t/contoso~%00', `/t/${'a'.repeat(5_000)}`, '/../../etc/passwd', '/t//approvals'])(
  'the broken address %s is one that leads nowhere',
  async (path) => {
    expect((await openConsole().browser().get(path)).status).toBe(404);
  },
);

test('a page says when the workers are silent, and the log has no name', async () => {
  const { browser, pathOf, deps, logged } = openConsole();
  deps.whoMay = async () => {
    throw Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
  };
  const ada = await browser().signIn('contoso');
  const { status, page } = await ada.get(`${pathOf('contoso')}/people/ada@contoso.example`);
  expect([status, page]).toEqual([503, expect.stringContaining('Try again in a minute')]);
  deps.whoMay = async () => {
    throw new Error('ada@contoso.example has a secret');
  };
  const broken = await ada.get(`${pathOf('contoso')}/people/ada@contoso.example`);
  expect([broken.status, broken.page]).toEqual([500, expect.not.stringContaining('secret')]);
  expect(logged).toHaveLength(2);
  expect(logged.join()).not.toMatch(/ada|secret/);
});

test.each(hostileTexts)('the name %j of a person is a text on the page, and nothing else', async (name) => {
  const { browser, pathOf } = openConsole({ whoMay: { by: name, name, mayLook: true } });
  const { page } = await (await browser().signIn('contoso')).get(pathOf('contoso'));
  expect(page).not.toMatch(/<(script|img|a|b|iframe|svg)[ >][^>]*(alert|evil|onerror)/i);
  expect(page).not.toMatch(unseenCharacter);
});
