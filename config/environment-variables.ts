/** The environment variables of the product; .env.example and the documentation show the same. */
import { setUpVariables } from './first-file/set-up-settings.ts';
import { consoleVariables } from './listening/console-settings.ts';
import { listenerVariables } from './listening/listener-settings.ts';
import { payloadKeyVariable } from './payload-keys.ts';
import { policyVariables } from './policy/tenant-policy.ts';

/** One environment variable that the product reads. */
export interface EnvironmentVariable {
  name: string;
  /** Its purpose, in a sentence. */
  meaning: string;
  readBy: 'worker' | 'worker and client' | 'start';
}

/**
 * Every environment variable that the product reads, except those that tenant files name with `env:`. Temporal's own
 * library reads the TEMPORAL_ ones, as in every Temporal tool.
 */
export const environmentVariables: readonly EnvironmentVariable[] = [
  {
    name: 'DATABASE_URL',
    readBy: 'worker',
    meaning:
      'PostgreSQL of the store, postgres://user:password@host:5432/database. Another machine needs a certificate that fits (sslmode=verify-full) unless the address says otherwise.',
  },
  {
    name: 'TIMELY_SYNC_KEY',
    readBy: 'worker',
    meaning:
      'Key that encrypts OAuth tokens in the store: 32 random bytes in base64 (openssl rand -base64 32). Without it they cannot be decrypted.',
  },
  {
    name: 'TIMELY_SYNC_KEY_PREVIOUS',
    readBy: 'worker',
    meaning:
      'Earlier values of TIMELY_SYNC_KEY, separated by commas, while it is being replaced. They only decrypt.',
  },
  ...policyVariables,
  ...setUpVariables,
  {
    name: 'TIMELY_SYNC_TASK_QUEUE',
    readBy: 'worker and client',
    meaning:
      'Temporal task queue of workers, and of new tenants. A tenant stays on the queue that it was started on. Default: timely-sync.',
  },
  {
    name: 'TIMELY_SYNC_BUILD_ID',
    readBy: 'worker',
    meaning:
      "Build id of this release, for upgrades with Temporal's worker versioning: workers with a build id get work only after it is made current. Default: none.",
  },
  payloadKeyVariable,
  ...listenerVariables,
  ...consoleVariables,
  {
    name: 'TIMELY_SYNC_PUBLIC_URL',
    readBy: 'worker',
    meaning:
      'Public https address of the receiver of change notifications. Without it the directory is only polled.',
  },
  {
    name: 'TIMELY_SYNC_UI_URL',
    readBy: 'worker and client',
    meaning: "Address of Temporal's UI for people. Messages link to it, and `--web` opens it.",
  },
  {
    name: 'TIMELY_SYNC_TEMPORAL_ACCESS_CONTROL',
    readBy: 'worker',
    meaning:
      "declared: Temporal's own access control proves who answers a request (docs/approvals.md). Then answers by command and in its UI also count where a tenant file has approvals.proof: required. Default: they do not.",
  },
  {
    name: 'TIMELY_SYNC_SMTP_URL',
    readBy: 'worker',
    meaning:
      'Mail server for e-mail messages, smtp://user:password@host:587 or smtps://user:password@host:465.',
  },
  {
    name: 'TIMELY_SYNC_SMTP_FROM',
    readBy: 'worker',
    meaning: 'Sender of those e-mails, an address or "Name <address>".',
  },
  {
    name: 'TIMELY_SYNC_LOG_LEVEL',
    readBy: 'worker',
    meaning: 'trace, debug, info, warn, error or fatal. Default: info.',
  },
  {
    name: 'NODE_EXTRA_CA_CERTS',
    readBy: 'worker',
    meaning: 'PEM file of a certificate authority to trust in addition to the public ones (read by Node.js).',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    readBy: 'worker',
    meaning:
      'Collector for OpenTelemetry traces over HTTP, http://collector:4318. Without it there are no traces. OpenTelemetry documents further OTEL_ variables.',
  },
  { name: 'TEMPORAL_ADDRESS', readBy: 'worker and client', meaning: 'Host and port of the Temporal server.' },
  {
    name: 'TEMPORAL_NAMESPACE',
    readBy: 'worker and client',
    meaning: 'Temporal namespace. Default: default.',
  },
  { name: 'TEMPORAL_API_KEY', readBy: 'worker and client', meaning: 'API key of Temporal Cloud.' },
  {
    name: 'TEMPORAL_TLS',
    readBy: 'worker and client',
    meaning: 'true to connect to Temporal over TLS, with TEMPORAL_TLS_* for certificates.',
  },
  {
    name: 'TEMPORAL_TLS_CLIENT_CERT_PATH',
    readBy: 'worker and client',
    meaning: 'PEM file of the client certificate, for a Temporal that asks for one (mTLS).',
  },
  {
    name: 'TEMPORAL_TLS_CLIENT_KEY_PATH',
    readBy: 'worker and client',
    meaning: 'PEM file of its key.',
  },
  {
    name: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    readBy: 'worker and client',
    meaning: "PEM file of the authority of Temporal's own certificate, when it is not a public one.",
  },
  {
    name: 'TEMPORAL_TLS_SERVER_NAME',
    readBy: 'worker and client',
    meaning: "Name in Temporal's certificate, when it is not that of the address.",
  },
  {
    name: 'TEMPORAL_CLI_PATH',
    readBy: 'start',
    meaning: "Path of Temporal's command line tool, when npm start should not search for it.",
  },
  {
    name: 'TEMPORAL_CLI_SHA256',
    readBy: 'start',
    meaning: 'SHA-256 of that program, or of the one on the PATH: any other is refused.',
  },
];
