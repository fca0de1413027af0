import { expect, test } from '@jest/globals';
import { ContractError } from '../../domain/errors.ts';
import { readPages } from '../../timely/pagination.ts';

test('a list whose every page has a new row is refused in the end', async () => {
  let rows = 0;
  const readAll = async () => {
    for await (const page of readPages(async ({ page: id }) => [{ id }])) rows += page.length;
  };
  await expect(readAll()).rejects.toThrow(ContractError);
  expect(rows).toBe(20_000);
});
