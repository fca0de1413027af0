/** Which functions of the product a running worker has run, as V8 counts them. See coverage-probe.mjs. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until, type World } from './world.ts';

const dist = join(import.meta.dirname, '..', '..', 'dist');
const probe = pathToFileURL(join(import.meta.dirname, 'coverage-probe.mjs')).href;
/** The main thread and the thread that runs workflows. */
const threads = 2;

interface Script {
  url: string;
  functions: { functionName: string; ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

/** Functions that ran, by product file (`domain/plan/plan.js`). */
export type FunctionsByFile = Map<string, Set<string>>;

/** Starts a worker of the world. Each call of `take` returns what it ran since the call before. */
export async function startCoveredWorker(world: World) {
  const folder = mkdtempSync(join(world.folder, 'coverage-'));
  Object.assign(world.variables, { NODE_OPTIONS: `--import=${probe}`, COVERAGE_FOLDER: folder });
  const worker = await world.startWorker();
  let takes = 0;
  return {
    async take(): Promise<FunctionsByFile> {
      takes += 1;
      worker.kill('SIGWINCH');
      const files = await until(`the coverage of ${threads} threads`, async () => {
        const written = readdirSync(folder).filter((name) => name.startsWith(`${takes}-`));
        return written.length >= threads ? written : null;
      });
      return functionsByFile(
        files.flatMap((name): Script[] => JSON.parse(readFileSync(join(folder, name), 'utf8'))),
      );
    },
  };
}

function functionsByFile(scripts: readonly Script[]): FunctionsByFile {
  const found: FunctionsByFile = new Map();
  const bundle = readFileSync(join(dist, 'workflow-bundle.js'), 'utf8');
  const modules = [...bundle.matchAll(/^\/\*{3}\/ "\.\/([^"]+)"/gm)].map(({ index, 1: path }) => ({
    index,
    path,
  }));
  for (const { url, functions } of scripts) {
    for (const { functionName, ranges } of functions) {
      const [range] = ranges;
      // The outermost function of a module runs when it is loaded.
      if (!range?.count || range.startOffset === 0) continue;
      const path = url.includes('workflow-bundle')
        ? moduleAt(bundle, modules, range, functionName)
        : url.split(`${dist}/`)[1];
      if (!path) continue;
      found.set(path, (found.get(path) ?? new Set()).add(`${functionName}@${range.startOffset}`));
    }
  }
  return found;
}

/** The product file of a function in the workflow bundle; null for other packages and for what the bundler adds. */
function moduleAt(
  bundle: string,
  modules: readonly { index: number; path: string | undefined }[],
  { startOffset, endOffset }: { startOffset: number; endOffset: number },
  functionName: string,
): string | null {
  const isAdded =
    functionName.startsWith('./') ||
    /\/\* (binding|reexport \w+) \*\//.test(bundle.slice(startOffset, endOffset));
  const path = modules.findLast(({ index }) => index < startOffset)?.path;
  return !isAdded && path?.startsWith('dist/') ? path.slice('dist/'.length) : null;
}
