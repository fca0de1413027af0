/** What all routes of the simulated Timely share. */
import type { Faults } from '../faults.ts';
import type { Route } from '../service.ts';
import type { TimelyFault } from './faults.ts';
import type { TimelyBehaviour } from './objects.ts';
import type { TimelyState } from './state.ts';

export interface TimelyContext {
  state: TimelyState;
  faults: Faults<TimelyFault>;
  clock: () => Date;
}

type RouteMaker = (
  method: Route['method'],
  path: string,
  operation: string,
  handle: Route['handle'],
  rest?: Partial<Route>,
) => Route;

/** Returns a maker of routes below `/1.1/{account}/<collection>`. */
export const routesBelow =
  (collection: 'users' | 'teams'): RouteMaker =>
  (method, path, operation, handle, rest = {}) => ({
    method,
    path: `/1.1/:account/${collection}${path}`,
    operation,
    handle,
    ...rest,
  });

/** Returns the rows that a request asks for, in either documented style (docs/reference/timely-api.md section 6). */
export function pageWindow(
  query: URLSearchParams,
  rowsMax: number,
  style: TimelyBehaviour['teamPaging'],
): { limit: number; offset: number } {
  const number = (name: string, fallback: number) => {
    const value = Number(query.get(name) ?? fallback);
    return Number.isInteger(value) && value >= 0 ? value : fallback;
  };
  if (style === 'limit and offset') {
    return { limit: Math.min(rowsMax, number('limit', 100)), offset: number('offset', 0) };
  }
  const perPage = Math.min(rowsMax, number('per_page', 50));
  return { limit: perPage, offset: Math.max(0, number('page', 1) - 1) * perPage };
}
