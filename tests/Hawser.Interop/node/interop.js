'use strict';
// What the Node server and the Node client of the interoperability cases share.

const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const proto = protoLoader.loadSync(path.join(__dirname, '..', 'test.proto'), { keepCase: true, defaults: true });

module.exports = {
  testing: grpc.loadPackageDefinition(proto).grpc.testing,
  zeros: (size) => ({ body: Buffer.alloc(size) }),
  ECHO_INITIAL: 'x-grpc-test-echo-initial',
  ECHO_TRAILING: 'x-grpc-test-echo-trailing-bin',
};
