/** The frame of every page: header with who is signed in, the pages of the tenant, one main part. */
import type { Child } from 'hono/jsx';
import { operatorPages, pagesBelow } from '../../domain/console-pages.ts';
import { oneLine } from '../../domain/shown-text.ts';
import type { ConsoleContext, Viewer } from './deps.ts';
import { formTokenField } from './form-token.ts';
import { iconPath, stylePath } from './style.ts';

/** Entries of the header. */
export type NavEntry = 'overview' | 'approvals' | 'people' | 'holds' | 'cycles' | 'findings' | 'journal';

export interface ConsolePage {
  /** Of the window, and the heading of the page. */
  title: string;
  body: Child;
  /** The entry of the header that the page belongs to. */
  current?: NavEntry;
  status?: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503;
}

/** Sends a page. Texts of directories are escaped by JSX: none may be given as HTML. */
export async function sendPage(context: ConsoleContext, page: ConsolePage): Promise<Response> {
  const text = await (<Document page={page} context={context} />);
  return context.html(`<!doctype html>${text}`, page.status ?? 200);
}

const Document = ({ page, context }: { page: ConsolePage; context: ConsoleContext }) => {
  const { viewer, base = '', formToken = '', deps } = context.var;
  const title = oneLine(page.title);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · ${viewer?.tenant || 'Timely sync'}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href={iconPath} type="image/svg+xml" />
        <link rel="stylesheet" href={stylePath} />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header viewer={viewer ?? null} base={base} formToken={formToken} current={page.current} />
        <main id="main" tabindex={-1}>
          <h1>{title}</h1>
          {page.body}
        </main>
        <footer>
          <div class="bar">Times are in UTC. This page was made {utcTime(deps.now())}.</div>
        </footer>
      </body>
    </html>
  );
};

interface HeaderProps {
  viewer: Viewer | null;
  base: string;
  formToken: string;
  current: NavEntry | undefined;
}

const Header = ({ viewer, base, formToken, current }: HeaderProps) => (
  <header>
    <div class="bar">
      {viewer === null ? (
        <span class="name">Timely sync</span>
      ) : (
        <a class="name" href={viewer.operator ? operatorPages.tenants : base}>
          Timely sync
        </a>
      )}
      {viewer === null || base === '' ? null : (
        <nav aria-label="Pages">
          <ul>
            {entriesFor(viewer, base).map(({ entry, text, href }) => (
              <li>
                <a href={href} aria-current={entry === current ? 'page' : undefined}>
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {viewer === null ? null : (
        <div class="who">
          <span>Signed in as {nameOf(viewer)}</span>
          <form method="post" action={viewer.operator ? operatorPages.signOut : pagesBelow(base).signOut}>
            <FormToken value={formToken} />
            <button type="submit" class="link">
              Sign out
            </button>
          </form>
        </div>
      )}
    </div>
  </header>
);

const nameOf = ({ name, address }: Viewer) =>
  oneLine(name === '' || address === '' ? name || address : `${name} (${address})`);

/** The hidden field that every form with `method="post"` needs: `context.var.formToken`. */
export const FormToken = ({ value }: { value: string }) => (
  <input type="hidden" name={formTokenField} value={value} />
);

function entriesFor({ mayLook, mayDecide }: Viewer, base: string) {
  const pages = pagesBelow(base);
  const looking = [
    { entry: 'overview', text: 'Overview', href: pages.overview },
    { entry: 'people', text: 'People', href: pages.people },
    { entry: 'holds', text: 'What waits', href: pages.holds },
    { entry: 'cycles', text: 'Cycles', href: pages.cycles },
    { entry: 'findings', text: 'Findings', href: pages.findings },
    { entry: 'journal', text: 'Journal', href: pages.journal },
  ];
  const approvals = { entry: 'approvals', text: 'Approvals', href: pages.approvals };
  return [...(mayLook || mayDecide ? [approvals] : []), ...(mayLook ? looking : [])];
}

/** As `2026-11-30 08:50 UTC`. */
export const utcTime = (at: Date | string): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
