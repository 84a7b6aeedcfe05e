'use strict';
// grpc-js's side of the interoperability cases, as a client:
//
//   node client.js --server_port PORT --test_case NAME[,NAME…]|all [--server_host HOST] [--use_tls --ca FILE]
//
// It prints a line per case: "NAME: passed", "NAME: failed: SENTENCE" or "NAME: not possible: SENTENCE" (as far as the library can, it passed).
// The exit code is 1 when a case failed, or else 77 when one was not possible.

const fs = require('node:fs');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { testing } = require('./interop');
const { CASES } = require('./cases');
const { NotPossible } = require('./expectations');

async function run(clients, name) {
  try {
    if (!CASES.has(name)) throw new Error('there is no such case');
    await CASES.get(name)(clients);
    console.log(`${name}: passed`);
    return 0;
  } catch (error) {
    const possible = !(error instanceof NotPossible);
    console.log(`${name}: ${possible ? 'failed' : 'not possible'}: ${error.message}`);
    return possible ? 1 : 77;
  }
}

function credentials({ use_tls: useTls, ca }) {
  if (!useTls) return grpc.credentials.createInsecure();
  return grpc.credentials.createSsl(ca ? fs.readFileSync(ca) : null);
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      server_host: { type: 'string', default: '127.0.0.1' },
      server_port: { type: 'string' },
      test_case: { type: 'string', default: 'all' },
      use_tls: { type: 'boolean', default: false },
      ca: { type: 'string' },
    },
  });
  const address = `${options.server_host}:${options.server_port}`;
  const compression = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
  const clients = {
    plain: new testing.TestService(address, credentials(options)),
    compressing: new testing.TestService(address, credentials(options), compression),
    unimplemented: new testing.UnimplementedService(address, credentials(options)),
  };

  const names = options.test_case === 'all' ? [...CASES.keys()] : options.test_case.split(',');
  const results = [];
  for (const name of names) results.push(await run(clients, name));
  for (const client of Object.values(clients)) client.close();
  process.exitCode = results.includes(1) ? 1 : Math.max(...results);
}

main();
