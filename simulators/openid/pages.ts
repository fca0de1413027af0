/** The pages that people see at a simulated sign-in service. They work without scripts, and take no password. */
import { html } from 'hono/html';
import type { SimulatedResponse } from '../simulated-response.ts';

/** A person who may sign in. */
export interface OpenIdAccount {
  id: string;
  name: string;
  /** What the person types at a sign-in. */
  signInName: string;
}

type Markup = ReturnType<typeof html>;

const style = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}
input,button{font:inherit;padding:.5rem .75rem}
input{width:100%;box-sizing:border-box}
ul{list-style:none;padding:0}
ul.accounts button{width:100%;text-align:left;margin:.125rem 0}
small{display:block}`;

/** Accounts that the page lists. All others are typed. */
const accountsShown = 60;

/** Returns an HTML page. Texts are escaped. */
export async function openIdPage(status: number, title: string, content: Markup): Promise<SimulatedResponse> {
  const page = await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1>${content}</main></body></html>`;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return { status, text: String(page), headers };
}

/** Returns the page of a refusal that is not sent back to the application. */
export const refusalPage = (status: number, sentence: string): Promise<SimulatedResponse> =>
  openIdPage(status, 'Sorry, we cannot sign you in', html`<p>${sentence}</p>`);

interface AccountPage {
  service: string;
  accounts: readonly OpenIdAccount[];
  /** What stands in the field at first. */
  hint: string;
  /** Why the page is shown again. */
  problem?: string;
}

/** Returns the page on which a person says who they are. The form is sent to the address of the page. */
export function accountPage({ service, accounts, hint, problem }: AccountPage): Promise<SimulatedResponse> {
  const shown = accounts.slice(0, accountsShown);
  const content = html`<p>${service}, simulated: it asks for no password.</p>
${problem === undefined ? '' : html`<p role="alert"><strong>${problem}</strong></p>`}
<form method="post">
<p><label for="account">E-mail address or user name</label>
<input id="account" name="account" autocomplete="username" spellcheck="false" value="${hint}"></p>
<p><button>Next</button> <button name="cancel" value="true">Cancel</button></p>
</form>
<h2>Or pick an account</h2>
<form method="post"><ul class="accounts">${shown.map(
    ({ id, name, signInName }) =>
      html`<li><button name="account" value="${id}">${name} <small>${signInName}</small></button></li>`,
  )}</ul></form>`;
  return openIdPage(problem === undefined ? 200 : 400, 'Sign in', content);
}

interface ConsentPage {
  service: string;
  application: string;
  organization: string;
  permissions: readonly string[];
  accounts: readonly OpenIdAccount[];
  /** Of the field with the accounts. */
  label?: string;
  /** For whom the permissions are, in a sentence. */
  scope?: string;
}

/** Returns the page on which an administrator consents for the organization, or does not. */
export function consentPage(page: ConsentPage): Promise<SimulatedResponse> {
  const { service, application, organization, permissions, accounts } = page;
  const { label = 'Administrator', scope = `They are granted for all users of ${organization}.` } = page;
  const content = html`<p>${service}, simulated: it asks for no password.</p>
<p><strong>${application}</strong> asks ${organization} for these permissions:</p>
<ul>${permissions.map((permission) => html`<li>${permission}</li>`)}</ul>
<p>${scope}</p>
<form method="post">
<p><label for="account">${label}</label>
<select id="account" name="account">${accounts.map(
    ({ id, name, signInName }) => html`<option value="${id}">${name} (${signInName})</option>`,
  )}</select></p>
<p><button>Accept</button> <button name="cancel" value="true">Cancel</button></p>
</form>`;
  return openIdPage(200, 'Permissions requested', content);
}
