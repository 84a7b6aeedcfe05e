'use strict';
// grpc-js's side of the interoperability cases, as a server on 127.0.0.1:
//
//   node server.js --port 0 [--tls_cert FILE --tls_key FILE]

const fs = require('node:fs');
const { parseArgs } = require('node:util');
const { setTimeout: pause } = require('node:timers/promises');
const grpc = require('@grpc/grpc-js');
const { testing, zeros, ECHO_INITIAL, ECHO_TRAILING } = require('./interop');

const LIMITS = {
  client_compressed_unary: 'grpc-js does not tell a server whether a message arrived compressed, so that it cannot refuse the one that did not',
  client_compressed_streaming: 'grpc-js does not tell a server whether a message arrived compressed, so that it cannot refuse the one that did not',
  server_compressed_unary: "grpc-js's server does not compress",
  server_compressed_streaming: "grpc-js's server does not compress",
};

// UnimplementedCall is left away on purpose.
const testService = {
  EmptyCall(call, callback) {
    callback(null, {});
  },

  UnaryCall(call, callback) {
    const trailer = echoMetadata(call);
    const { response_size: size, response_status: status } = call.request;
    if (status) callback({ code: status.code, details: status.message });
    else callback(null, { payload: zeros(size) }, trailer);
  },

  StreamingInputCall(call, callback) {
    let size = 0;
    call.on('data', (request) => { size += request.payload ? request.payload.body.length : 0; });
    call.on('end', () => callback(null, { aggregated_payload_size: size }));
  },

  async StreamingOutputCall(call) {
    await respond(call, call.request);
    call.end();
  },

  FullDuplexCall(call) {
    const trailer = echoMetadata(call);
    let answered = Promise.resolve();
    call.on('data', (request) => {
      const status = request.response_status;
      if (status) call.emit('error', { code: status.code, details: status.message });
      else answered = answered.then(() => respond(call, request));
    });
    call.on('end', () => answered.then(() => call.end(trailer)));
  },
};

async function respond(call, request) {
  for (const { size, interval_us: interval } of request.response_parameters) {
    if (interval > 0) await pause(interval / 1000);
    call.write({ payload: zeros(size) });
  }
}

/** Sends back the initial metadata that the client wants to see again, and returns the trailing metadata. */
function echoMetadata(call) {
  const initial = new grpc.Metadata();
  for (const value of call.metadata.get(ECHO_INITIAL)) initial.add(ECHO_INITIAL, value);
  call.sendMetadata(initial);

  const trailer = new grpc.Metadata();
  for (const value of call.metadata.get(ECHO_TRAILING)) trailer.add(ECHO_TRAILING, value);
  return trailer;
}

function credentials({ tls_cert: certificate, tls_key: key }) {
  if (!certificate) return grpc.ServerCredentials.createInsecure();
  return grpc.ServerCredentials.createSsl(null, [{ cert_chain: fs.readFileSync(certificate), private_key: fs.readFileSync(key) }]);
}

function main() {
  const { values: options } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      tls_cert: { type: 'string' },
      tls_key: { type: 'string' },
      limits: { type: 'boolean', default: false },
    },
  });
  if (options.limits) {
    for (const [name, reason] of Object.entries(LIMITS)) console.log(`${name}: ${reason}`);
    return;
  }

  const server = new grpc.Server();
  server.addService(testing.TestService.service, testService);
  server.bindAsync(`127.0.0.1:${options.port}`, credentials(options), (error, port) => {
    if (error) throw error;
    console.log(`listening on ${port}`);
  });
}

main();
