#!/usr/bin/env node
/** Old enough to run anywhere: a Node that is too old must be told so, and not fail somewhere inside. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`cofactor needs Node 22.18 or later; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}
