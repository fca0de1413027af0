import { expect, test } from '@jest/globals';
import { whyText } from '../../../client/render/why-text.ts';

test('a person whom the directory gives no address has a line without a gap', () => {
  const id = 'c0ffee00-0000-4000-8000-000000000001';
  const text = whyText(
    {
      ...{
        kind: 'person',
        tenant: 'contoso',
        tag: null,
        asOf: null,
        findings: [],
        changes: [],
        waiting: [],
        teams: [],
      },
      person: { id, name: 'Ada North', email: null, userPrincipalName: '', enabled: false, guest: false },
      ...{ verdict: null, link: null, timely: null, next: 'nothing changes' },
    },
    120,
  );
  expect(text).toContain(`directory  disabled, ${id}\n`);
});
