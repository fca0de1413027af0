/** What a program beside the command gets of our environment: what it needs, so that it cannot give away the rest. */

/** The machine's own: where programs, files and the terminal are, and the language. */
const ordinary = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'LANG', 'LC_*'];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'];
/** Not all of NODE_*: setup-node of GitHub keeps a token in NODE_AUTH_TOKEN. */
const node = [
  ...[
    'NODE_ENV',
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'NODE_NO_WARNINGS',
    'NODE_USE_*',
    'NODE_V8_COVERAGE',
  ],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR'],
];
/** How Azure hands a managed or workload identity to a program. */
const azure = [
  ...['AZURE_AUTHORITY_HOST', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_TENANT_ID'],
  ...['AZURE_POD_IDENTITY_AUTHORITY_HOST', 'IDENTITY_*', 'IMDS_ENDPOINT', 'MSI_*'],
];

const needs = {
  /** PostgreSQL, the Temporal server, and small tools of the system. */
  server: [],
  sandbox: node,
  worker: [...node, ...azure, ...proxies, 'TIMELY_SYNC_*', 'TENANT_*', 'OTEL_*'],
  /** What finds the Temporal CLI, by the network where it has to. */
  finder: [...node, ...proxies, 'PIP_*', 'XDG_*', 'TEMPORAL_CLI_*'],
  /** Where it keeps who is signed in. On Windows a batch file starts it. */
  azureCli: ['AZURE_CONFIG_DIR', 'USERPROFILE', 'SYSTEMROOT', 'COMSPEC', 'PATHEXT'],
  browser: ['BROWSER', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_*', 'DBUS_*', 'DESKTOP_*', 'WSL*'],
};

/** The variables of our environment that a kind of program needs; `names` are needed besides. */
export function childEnvironment(kind: keyof typeof needs, names: readonly string[] = []): NodeJS.ProcessEnv {
  const needed = [...ordinary, ...needs[kind]];
  const isNeeded = (name: string) => names.includes(name) || needed.some((each) => isMeant(each, name));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isNeeded(name)));
}

/** A star stands for any rest of a name. Proxies are written in small letters too. */
const isMeant = (needed: string, name: string) =>
  needed.endsWith('*') ? name.toUpperCase().startsWith(needed.slice(0, -1)) : name.toUpperCase() === needed;

/** Names of the variables that `env:` references in any place of a tenant file name. */
export function referencedVariables(file: unknown): string[] {
  if (typeof file === 'string') return /^env:(\w+)$/.exec(file)?.slice(1) ?? [];
  return typeof file === 'object' && file !== null ? Object.values(file).flatMap(referencedVariables) : [];
}
