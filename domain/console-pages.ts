/** Addresses of the console's pages, for the pages themselves, for messages and for refusals. */

/** Only a worker makes them: the address of a tenant holds a check, so that no page says whether a tenant exists. */
export interface ConsolePages {
  /** What waits for the person who opens it. */
  requests(tenant: string): string;
  /** One request. */
  request(tenant: string, number: number): string;
  /** Set-ups: the token of a link stands behind it. */
  setUp: string;
}

/** Returns the pages below the console's address. `checkOf` returns the check of a tenant. */
export function createConsolePages(url: string, checkOf: (tenant: string) => string): ConsolePages {
  const below = (tenant: string) => pagesBelow(`${url}${tenantPath(tenant, checkOf(tenant))}`);
  return {
    requests: (tenant) => below(tenant).approvals,
    request: (tenant, number) => below(tenant).approval(number),
    setUp: `${url}/set-up/`,
  };
}

/** The path of a tenant's pages. */
export const tenantPath = (tenant: string, check: string): string => `/t/${tenant}~${check}`;

/** Reads `<tenant>~<check>`; null for any other text. */
export function tenantInPath(segment: string): { tenant: string; check: string } | null {
  const [, tenant, check] = /^([a-z0-9-]{1,40})~([\w-]{1,64})$/.exec(segment) ?? [];
  return tenant === undefined || check === undefined ? null : { tenant, check };
}

/** The addresses of one tenant's pages. */
export type TenantPages = ReturnType<typeof pagesBelow>;

/** The pages of one tenant. `base`: their path, or the whole address. */
export const pagesBelow = (base: string) => ({
  overview: base,
  approvals: `${base}/approvals`,
  approval: (number: number) => `${base}/approvals/${number}`,
  people: `${base}/people`,
  /** `who`: an id, an address, a name, or a part of one; of a person or a team. */
  person: (who: string) => `${base}/people?find=${encodeURIComponent(who.toWellFormed())}`,
  cycles: `${base}/cycles`,
  cycle: (number: number) => `${base}/cycles/${number}`,
  holds: `${base}/holds`,
  findings: `${base}/findings`,
  journal: `${base}/journal`,
  signIn: `${base}/sign-in`,
  signOut: `${base}/sign-out`,
  signedOut: `${base}/signed-out`,
});

/** Pages of those who run the installation. */
export const operatorPages = {
  tenants: '/tenants',
  signIn: '/operators/sign-in',
  signOut: '/operators/sign-out',
  signedOut: '/operators/signed-out',
} as const;
