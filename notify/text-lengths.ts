/** Teams refuses a card of more than 28 KB. */
export const textLengthMax = 300;
export const effectLengthMax = 160;
export const nameLengthMax = 80;
