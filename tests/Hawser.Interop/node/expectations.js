'use strict';
// What a case may expect. Each throws a sentence that says what was received instead.

const grpc = require('@grpc/grpc-js');

/** As far as the library can, the case passed. */
class NotPossible extends Error {}

function expectEqual(what, received, wanted) {
  if (received !== wanted) throw new Error(`${what} is ${JSON.stringify(received)} instead of ${JSON.stringify(wanted)}`);
}

function expectZeros(response, size) {
  expectEqual("the size of a response's payload", response.payload.body.length, size);
  expectEqual("a response's payload is all zeros", response.payload.body.equals(Buffer.alloc(size)), true);
}

function expectStatus(status, code, details) {
  expectEqual(`the status (${status.details || 'no details'})`, grpc.status[status.code], grpc.status[code]);
  if (details !== undefined) expectEqual("the status's message", status.details, details);
}

module.exports = { NotPossible, expectEqual, expectZeros, expectStatus };
