/** `npm run verify:temporal`, against a release on this machine. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type FakeCheckout, withCheckout } from './fake-checkout.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** An archive as Temporal releases it. */
function archiveOf(checkout: FakeCheckout, program: string): Buffer {
  checkout.write('release/temporal', program);
  checkout.write('release/LICENSE', 'licence');
  execaSync('tar', [
    '-czf',
    checkout.path('a.tar.gz'),
    '-C',
    checkout.path('release'),
    'LICENSE',
    'temporal',
  ]);
  return readFileSync(checkout.path('a.tar.gz'));
}

/** Verifies pins of one program against a release with these archives and, unless given, their checksums. */
async function verify(pinned: string, released: string, checksum?: string) {
  let outcome = { code: null as number | null, stdout: '', stderr: '' };
  await withCheckout(async (checkout) => {
    const sources = checkout.read('setup/temporal/temporal-sources.mjs');
    checkout.write(
      'setup/temporal/temporal-sources.mjs',
      sources.replace(/'[0-9a-f]{64}'/g, `'${sha256(pinned)}'`),
    );
    const archive = archiveOf(checkout, released);
    const server = createServer(({ url }, response) => {
      const names = ['linux_amd64', 'linux_arm64', 'darwin_arm64', 'darwin_amd64'];
      const lines = names.map((name) => `${checksum ?? sha256(archive)}  temporal_cli_1.9.1_${name}.tar.gz`);
      response.end(url === '/checksums.txt' ? `${lines.join('\n')}\n` : archive);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const environment = { PATH: `${process.env.PATH}` };
    outcome = await checkout.run(
      'setup/temporal/verify-temporal.mjs',
      [`http://127.0.0.1:${port}`],
      environment,
    );
    server.close();
  });
  return outcome;
}

test('says of each platform that the pin is the program of the release', async () => {
  const { code, stdout, stderr } = await verify('the program', 'the program');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(
    stdout.match(/the pin is the program in Temporal's temporal_cli_1\.9\.1_\w+\.tar\.gz/g),
  ).toHaveLength(4);
});

test.each([
  ['the program of the archive is another one', 'the program', undefined, 'is not the pinned one'],
  [
    'the archive is not that of the checksums',
    'the program',
    'f'.repeat(64),
    'does not name this temporal_cli',
  ],
])('fails when %s', async (_when, pinned, checksum, message) => {
  const { code, stdout } = await verify(pinned, checksum === undefined ? 'another' : pinned, checksum);
  expect(code).toBe(1);
  expect(stdout).toContain(message);
});
