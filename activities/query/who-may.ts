/** What the tenant file lets a person do who has signed in to the console. */
import type { TenantFile } from '../../config/tenant-file.ts';
import { mayNothing, type SignedIn, type WhoMay } from '../../domain/contract/who-may.ts';
import { addressInList, identifyPerson } from '../../store/approvals/listed-people.ts';
import { newestConfiguration } from '../../store/tenants.ts';
import type { Services } from '../services.ts';

/** The file in force and the directory as last read count, each time that it is asked. */
export async function whoMay(services: Services, tenant: string, signedIn: SignedIn): Promise<WhoMay> {
  const { database, now } = services;
  const newest = await newestConfiguration(database, tenant);
  if (newest === null) return mayNothing;
  const person = await identifyPerson(database, tenant, signedIn, now());
  if (person === null) return mayNothing;
  const { who, viewers } = listsOf(await services.tenantFile(tenant, newest.version));
  const decides = await addressInList(database, tenant, person, who);
  const mayLook = decides !== null || (await addressInList(database, tenant, person, viewers)) !== null;
  return {
    by: decides ?? person.addresses[0] ?? null,
    name: person.name,
    mayDecide: decides !== null,
    mayLook,
    isWhoNamed: who.length > 0,
  };
}

const listsOf = ({ approvals: { who = [] }, console: { viewers } }: TenantFile) => ({ who, viewers });
