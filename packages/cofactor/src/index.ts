export * from './core/index.ts';
export * from './assurance/index.ts';
