/** What teams the tenant file of `init` makes. */
export const teamChoices = ['departments', 'none'] as const;
export type TeamChoice = (typeof teamChoices)[number];
