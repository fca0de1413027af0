/** The place in a list where a page begins, as its address says it; 0 for what is no place. */
import { z } from 'zod';

/** PostgreSQL's largest integer, which counts changes, cycles and requests. */
const placeMax = 2_147_483_647;

export const placeInList = z.coerce.number().int().min(0).max(placeMax).catch(0);
