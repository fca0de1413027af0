/** Runs one query of a command, on Temporal servers without standalone activities. */
import type { QueryResult } from '../../activities/query/queries.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import type { Query } from '../../domain/contract/query.ts';
import { check, runQuery } from '../activity-proxies.ts';

export async function query(input: Query): Promise<QueryResult | CheckReport> {
  return input.about === 'check' ? await check(input) : await runQuery(input);
}
