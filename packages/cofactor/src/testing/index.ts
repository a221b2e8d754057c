export { providerContract, type ContractTest } from './contract.ts';
export { testContext, type TestSituation } from './context.ts';
export type { Person, ProviderSubject, Question, Shown } from './person.ts';
