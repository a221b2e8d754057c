// Packages that bring elements to the pages.

/** `GET /admin/api/realms/:realm/extensions` (extensions.read). */
export interface ExtensionList {
  readonly packages: readonly ExtensionPackage[];
}
export interface ExtensionPackage {
  /** Of its folder. */
  readonly name: string;
  readonly state: 'in-use' | 'wrong';
  /** What is wrong with its manifest; then nothing of it is served, and its providers have their own pages. */
  readonly problem: string | null;
  readonly extensions: readonly {
    readonly alias: string;
    readonly provider: string;
    readonly label: string | null;
    readonly setupElement: string | null;
    readonly loginElement: string | null;
  }[];
}

// ---------------------------------------------------------------------------------------------------------------
