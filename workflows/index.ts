/** The workflows of the bundle. */

export { approval } from './approval/approval.ts';
export { connect } from './compat/connect.ts';
export { preview } from './compat/preview.ts';
export { question } from './compat/query.ts';
export { tell } from './notifications/notify-channel.ts';
export { applyPlan } from './tenant-sync/apply-plan.ts';
export { provisionPerson } from './tenant-sync/provision-person.ts';
export { tenantSync } from './tenant-sync/tenant-sync.ts';
