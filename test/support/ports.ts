/** Ports for tests in which a server comes back to the port that it had. */
import getPort, { portNumbers } from 'get-port';

/** Below those that systems give to who asks for any: no other test gets one while the server is down. */
const first = 20_000;
const last = 32_000;

/** Returns a free port that stays free. It begins its search at a place of its own, as other tests search too. */
export async function stayingPort(): Promise<number> {
  const start = first + Math.floor(Math.random() * (last - first));
  return await getPort({ port: portNumbers(start, last), host: '127.0.0.1', reserve: true });
}
