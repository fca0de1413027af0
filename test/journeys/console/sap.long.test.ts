import { contoso } from '../../../simulators/contoso.ts';
import { signInJourney } from './sign-in-elsewhere.ts';

const { signInClientId } = contoso.sap;

signInJourney(
  'SAP Cloud Identity Services',
  'contoso-sap.yaml',
  `{ clientId: ${signInClientId}, clientSecret: env:TENANT_CONTOSO_SAP_SIGN_IN_SECRET }`,
);
