import { contoso } from '../../../simulators/contoso.ts';
import { signInJourney } from './sign-in-elsewhere.ts';

const { signInClientId } = contoso.okta;

signInJourney(
  'Okta',
  'contoso-okta.yaml',
  `{ clientId: ${signInClientId}, clientSecret: env:TENANT_CONTOSO_OKTA_SIGN_IN_SECRET }`,
);
