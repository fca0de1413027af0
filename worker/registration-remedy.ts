import { searchAttributesForCli } from '../workflows/messages.ts';

/** The command that registers search attributes: of the Temporal CLI, or for a namespace of Temporal Cloud of tcld. */
export function registrationRemedy(namespace: string, names: readonly string[]): string {
  const wanted = searchAttributesForCli.filter(({ name }) => names.includes(name));
  const forCloud = wanted.map(({ name, type }) => `--sa "${name}=${type}"`).join(' ');
  if (isOfCloud(namespace))
    return `Have an administrator of the namespace run: tcld namespace search-attributes add --namespace ${namespace} ${forCloud}. Or add them in the Cloud UI (docs/temporal-cloud.md).`;
  const flags = wanted.map(({ name, type }) => `--name ${name} --type ${type}`).join(' ');
  return `Have an administrator run: temporal operator search-attribute create --namespace ${namespace} ${flags}.`;
}

/** Namespaces of Temporal Cloud end with the account: `sync.a1b2c`. */
const isOfCloud = (namespace: string) => /^[a-z][a-z0-9-]*\.[a-z0-9]{5,}$/.test(namespace);
