/** Whether what is looked for is in one of these names, whatever its letters' case. */
export function isFound(query: string, ...names: string[]): boolean {
  const wanted = query.toLowerCase();
  return names.some((name) => name.toLowerCase().includes(wanted));
}
