import { expect, test } from '@jest/globals';
import { tenantsLike } from '../../../client/names/tenant-meant.ts';

const names = ['contoso', 'contoso-eu', 'fabrikam'];

test.each([
  ['toso', ['contoso', 'contoso-eu']],
  ['EU', ['contoso-eu']],
  ['fabricam', ['fabrikam']],
])('a text that no tenant has as its name leads to those like it: %s', (text, like) => {
  expect(tenantsLike(text, names)).toEqual(like);
});

test('without tenants none is like it', () => expect(tenantsLike('contoso', [])).toEqual([]));
