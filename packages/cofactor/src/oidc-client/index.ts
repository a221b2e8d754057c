export type { Dialect, DialectRequest, DialectRule, SaidLevel } from './dialect.ts';
