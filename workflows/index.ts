/** The workflows of the bundle. */
export { applyPlan } from './apply-plan.ts';
export { approval } from './approval.ts';
export { connect } from './connect.ts';
export { preview } from './preview.ts';
export { provisionPerson } from './provision-person.ts';
export { question } from './question.ts';
export { tell } from './tell.ts';
export { tenantSync } from './tenant-sync.ts';
