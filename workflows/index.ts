/** The workflows of the bundle. */

export { approval } from './approval/approval.ts';
export { connect } from './compat/connect.ts';
export { look } from './compat/look.ts';
export { preview } from './compat/preview.ts';
export { query } from './compat/query.ts';
export { notifyChannel } from './notifications/notify-channel.ts';
export { applyPlan } from './tenant-sync/apply-plan.ts';
export { provisionPerson } from './tenant-sync/provision-person.ts';
export { tenantSync } from './tenant-sync/tenant-sync.ts';
