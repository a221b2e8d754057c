/** "JBSWY3DP" as "JBSW Y3DP": four at a time can be kept in mind while typing. */
export function groupsOfFour(key: string): string {
  return (
    key
      .replace(/\s+/gu, '')
      .match(/.{1,4}/gsu)
      ?.join(' ') ?? ''
  );
}
