#!/usr/bin/env node
/** Old enough to run anywhere: a Node that is too old must be told so, and not fail somewhere inside. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`cofactor needs Node 22.18 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  if (process.argv.includes('serve')) {
    // What is loaded at start stays, and V8 would take it for a rush of short-lived things and make room for more of them:
    // 20 MB that an idle server never gives back. `runServer` lets it grow again once there may be requests.
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--semi-space-growth-factor=1');
  }
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}
