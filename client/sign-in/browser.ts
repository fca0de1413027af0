import { childEnvironment } from '../local/child-environment.ts';

/** The platform's own opener with what goes before the address. */
const openers: Partial<Record<NodeJS.Platform, [program: string, ...before: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Tries to open an address in the browser; where that cannot be done, nothing happens. */
export function openInBrowser(address: string): void {
  void open(address);
}

async function open(address: string): Promise<void> {
  // Most commands never need it.
  const { execa } = await import('execa');
  const [program, ...before] = openers[process.platform] ?? ['xdg-open'];
  execa(program, [...before, address], {
    env: childEnvironment('browser'),
    extendEnv: false,
    detached: true,
    stdio: 'ignore',
    reject: false,
  }).unref();
}
