'use strict';
// Calls of grpc-js as promises, with the metadata and the status that they ended with.

const grpc = require('@grpc/grpc-js');

// No case takes that long, unless a server does not answer.
const PATIENCE_MILLISECONDS = 30_000;

// WriteFlags.NoCompress; grpc-js has it, and does not export it.
const NO_COMPRESS = 2;

const withDeadline = (options) => ({ deadline: Date.now() + PATIENCE_MILLISECONDS, ...options });

/** Makes a call that has one response; `send` writes the requests of a client stream. */
function callForOne(client, method, { request, send, metadata = new grpc.Metadata(), options } = {}) {
  return new Promise((resolve) => {
    const result = {};
    const received = (error, response) => { result.response = response; };
    const parameters = request === undefined ? [metadata] : [request, metadata];
    const call = client[method](...parameters, withDeadline(options), received);
    call.on('metadata', (initial) => { result.initial = initial; });
    call.on('status', (status) => resolve({ ...result, status }));
    if (send) send(call);
  });
}

/** Starts a call that has a stream of responses. */
function callForMany(client, method, { request, metadata = new grpc.Metadata(), options } = {}) {
  const parameters = request === undefined ? [metadata] : [request, metadata];
  const call = client[method](...parameters, withDeadline(options));
  const responses = call[Symbol.asyncIterator]();
  const initial = new Promise((resolve) => { call.once('metadata', resolve); });
  const status = new Promise((resolve) => { call.once('status', resolve); });
  call.on('error', () => {}); // The status says the same.
  return {
    call,
    initial,
    status,
    /** The next response; undefined when there are no more. */
    async next() {
      try {
        return (await responses.next()).value;
      } catch {
        return undefined; // The status says why.
      }
    },
  };
}

/** Call options with which a client that compresses does so only with the messages that `wanted` accepts. */
function compressingOnly(wanted) {
  return {
    interceptors: [(options, nextCall) => new class extends grpc.InterceptingCall {
      sendMessageWithContext(context, message) {
        super.sendMessageWithContext(wanted(message) ? context : { ...context, flags: NO_COMPRESS }, message);
      }
    }(nextCall(options))],
  };
}

module.exports = { callForOne, callForMany, compressingOnly };
