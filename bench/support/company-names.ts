/** Names and ids of the benchmarks' companies: the same in every run. */

/** Groups that `tenants/contoso.yaml` names. */
export const namedGroups = [
  'Timely Users',
  'Timely Managers',
  'Timely Admins',
  'Executives',
  'Design Guild',
  'Timely - Apollo',
  'Timely - Gemini',
  'Not in Timely',
];

export const departments = [
  'Design',
  'Finance',
  'Legal',
  'Logistics',
  'Marketing',
  'Research',
  'Sales',
  'Support',
];

/** Returns a number in letters: Timely takes no digits in names. */
export const inLetters = (number: number): string =>
  [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
