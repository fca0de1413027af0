/** Which tenant an operator means who typed a name that no tenant has. */
import { closest } from 'fastest-levenshtein';
import { foldText } from '../../domain/text.ts';
import { withClient } from '../remote/connection.ts';
import { tenantNames } from '../remote/known-tenant.ts';
import type { Session } from '../render/output.ts';

/** More names help no one to choose. */
const namesShown = 20;

/** Tenants whose name has the text as a part; else all that begin alike, or the nearest name. */
export function tenantsLike(text: string, names: readonly string[]): string[] {
  const wanted = foldText(text);
  const parts = names.filter((name) => foldText(name).includes(wanted));
  if (parts.length > 0 || names.length === 0) return parts.slice(0, namesShown);
  return [closest(wanted, [...names])];
}

export interface TenantMeant {
  /** Chosen at the terminal; null without one, and without a choice. */
  chosen: string | null;
  /** A sentence that names the tenants like it; empty where there is none. */
  advice: string;
}

/** Asks at the terminal which tenant is meant by a name that no tenant has. */
export async function tenantMeant({ watcher }: Session, text: string): Promise<TenantMeant> {
  // The command has failed already: its own error says what is wrong.
  const names = await withClient(tenantNames).catch(() => []);
  const like = tenantsLike(text, names);
  const chosen =
    watcher && like.length > 0
      ? await watcher.choose(
          `There is no tenant ${text}. Which one is meant?`,
          like.map((name) => ({ value: name, label: name })),
        )
      : null;
  return { chosen, advice: like.length > 0 ? `Did you mean ${like.join(', ')}?` : '' };
}
