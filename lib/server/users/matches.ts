/** Whether one of these names contains the query, in upper or lower case. */
export function matches(query: string, ...names: string[]): boolean {
  const wanted = query.toLowerCase();
  return names.some((name) => name.toLowerCase().includes(wanted));
}
