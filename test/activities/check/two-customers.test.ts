import { testTwoCustomers } from './two-customers.ts';

testTwoCustomers(60);
