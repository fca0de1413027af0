/** People who answer requests in the console: the real pages, activities and workflows, with plans that a test makes. */

import type { Requests, RequestTenant } from '../../../support/requests.ts';
import type { Browser, Shown } from '../support/browser.ts';
import { clientOf, openConsole } from '../support/console-in-process.ts';

export type ApproversConsole = ReturnType<typeof openApprovers>;

/** The console over the worker of `requests`, whose key and clock it has. */
export function openApprovers(requests: Requests) {
  const { runQuery } = requests.activities;
  // Answers to questions are closed for the console alone, which the worker of these requests does not do.
  const client = Object.assign(clientOf({ runQuery }), { workflow: requests.client.workflow });
  const opened = openConsole({ client });
  const moveClock = () => {
    opened.now.ms = Date.now();
  };
  moveClock();

  async function signIn(tenant: RequestTenant, address: string): Promise<Browser> {
    moveClock();
    return await opened
      .browser()
      .signIn(tenant.name, { id: `session of ${address}`, subject: null, addresses: [address], name: '' });
  }

  return {
    ...opened,
    signIn,
    pageOf: (tenant: RequestTenant, number = 1) => `${opened.pathOf(tenant.name)}/approvals/${number}`,
  };
}

/** What the form of a page would send, as it stands there; other fields replace those of the form. */
export function formIn(
  { page }: Pick<Shown, 'page'>,
  fields: Record<string, string> = {},
): [string, string][] {
  const form = /<form method="post">(.*?)<\/form>/s.exec(page)?.[1] ?? '';
  const sent: [string, string][] = [];
  for (const [, attributes = ''] of form.matchAll(/<input ([^>]*)>/g)) {
    const type = attributeIn(attributes, 'type');
    if (type === 'checkbox' && !/\bchecked\b/.test(attributes)) continue;
    sent.push([attributeIn(attributes, 'name'), attributeIn(attributes, 'value')]);
  }
  for (const [, name = '', text = ''] of form.matchAll(
    /<textarea [^>]*name="([^"]*)"[^>]*>(.*?)<\/textarea>/gs,
  ))
    sent.push([name, unescaped(text)]);
  return [...sent.filter(([name]) => !(name in fields)), ...Object.entries(fields)];
}

/** The same without the ticks of these changes. */
export const unticked = (form: [string, string][], ...keys: string[]): [string, string][] =>
  form.filter(([name, value]) => name !== 'row' || !keys.includes(value));

const attributeIn = (attributes: string, name: string) =>
  unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const unescaped = (text: string) =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

/** The text of a page, without its tags. */
export const textIn = ({ page }: Pick<Shown, 'page'>): string =>
  unescaped(page.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
