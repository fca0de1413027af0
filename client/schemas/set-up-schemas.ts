/** What a worker answers about invitations and set-ups. */
import { z } from 'zod';
import type { InvitationReport, SetUpReport } from '../../domain/contract/set-up.ts';

export const invitationReport = z.object({
  tenant: z.string(),
  address: z.url(),
  opensUntil: z.string(),
  replacesLink: z.boolean(),
  hasFile: z.boolean(),
}) satisfies z.ZodType<InvitationReport>;

export const setUpReport = z.object({
  tenant: z.string(),
  endsAt: z.string(),
  draft: z.string().nullable(),
}) satisfies z.ZodType<SetUpReport>;
