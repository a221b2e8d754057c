import { expect, it } from 'vitest';
import { groupsOfFour } from './groups-of-four.ts';

it.each([
  ['JBSWY3DPEH', 'JBSW Y3DP EH'],
  ['JBSW Y3DP', 'JBSW Y3DP'],
  ['', ''],
])('%j becomes %j', (key, groups) => {
  expect(groupsOfFour(key)).toBe(groups);
});
