import { expect, test } from '@jest/globals';
import { importsOf, sourceFiles, textOf } from './source-tree.ts';

/**
 * Requests of activities go through one place (http/guarded-fetch.ts): it checks where they go, and ends them with the
 * activity. A request past it would run on in a worker that was asked to stop.
 */
const layers = [
  ...['activities', 'config', 'directory', 'domain', 'encryption', 'http', 'notify', 'store', 'timely'],
  'worker',
];
const files = layers.flatMap(sourceFiles);
const filesWith = (pattern: RegExp) =>
  files.filter((file) => pattern.test(withoutComments(textOf(file)))).sort();
const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

test('fetch is called where a request is sent, and nowhere else', () => {
  expect(filesWith(/\bfetch\(/)).toEqual([
    // With the `fetch` that activities pass down.
    'directory/entra/graph/bearer-middleware.ts',
    // A page, by the client of a directory.
    'directory/paging.ts',
    'http/exchange.ts',
    // Its own metrics, on this machine.
    'worker/sdk-metrics.ts',
  ]);
  expect(filesWith(/\bundiciRequest\(/)).toEqual(['http/guarded-fetch.ts']);
});

test('activities pass the guarded fetch down, each time', () => {
  const makers = filesWith(
    /createEntraSource\(|createOktaSource\(|createSapSource\(|createTimelyApi\(|createTokenSource\(|\bnotify\(/,
  );
  for (const file of makers.filter((name) => name.startsWith('activities/'))) {
    expect([file, textOf(file)]).toEqual([file, expect.stringContaining('guardedFetch(')]);
  }
  expect(
    files.filter((file) => file.startsWith('activities/') && /globalThis\.fetch/.test(textOf(file))),
  ).toEqual([]);
});

test('no other way out is used but for mail and the database', () => {
  const waysOut = /^(node:)?(https?|http2|tls|dgram)$|^(undici|axios|got|ky|node-fetch|nodemailer|pg)$/;
  const users = new Set(
    files
      .flatMap(importsOf)
      .filter(({ specifier, typeOnly }) => !typeOnly && waysOut.test(specifier))
      .map(({ file, specifier }) => `${file}: ${specifier}`),
  );
  expect([...users].sort()).toEqual([
    // It parses addresses of databases.
    'config/store-address.ts: pg',
    'http/guarded-fetch.ts: undici',
    'notify/email.ts: nodemailer',
    'store/database.ts: pg',
  ]);
});
