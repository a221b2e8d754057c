/** The address people see where none is set: this machine's, for who tries it out. */
export function developmentOrigin({ port }: { readonly port: number }): string {
  return `http://localhost:${port === 0 ? 3000 : port}`;
}
