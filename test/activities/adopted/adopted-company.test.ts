import { testAdoptedCompany } from './adopted-company.ts';

// A company of a size that the short run has time for.
testAdoptedCompany({ peopleCount: 150, teamCount: 6 });
