export {
  importAspNetIdentity,
  type AspNetIdentityImport,
  type AspNetIdentityTable,
} from './aspnet-identity/index.ts';
export { importUmbraco, type UmbracoImport, type UmbracoTable } from './umbraco/index.ts';
export type { LeftBehind } from './adopt.ts';
export type { SkippedRow } from './foreign.ts';
export type { ImportOptions } from './options.ts';
export type { ImportCounts, ImportedRow, ImportReport } from './report.ts';
export type { RefusalReason } from './row.ts';
