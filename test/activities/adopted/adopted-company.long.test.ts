import { testAdoptedCompany } from './adopted-company.ts';

// A company of 1,000 people.
testAdoptedCompany({ peopleCount: 1_000, teamCount: 40 });
