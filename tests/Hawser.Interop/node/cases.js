'use strict';
// The interoperability cases, as grpc-js's client can do them.

const grpc = require('@grpc/grpc-js');
const { zeros, ECHO_INITIAL, ECHO_TRAILING } = require('./interop');
const { callForOne, callForMany, compressingOnly } = require('./calls');
const { NotPossible, expectEqual, expectZeros, expectStatus } = require('./expectations');

const { status: codes } = grpc;

const LARGE_REQUEST = 271828;
const LARGE_RESPONSE = 314159;
const REQUEST_SIZES = [27182, 8, 1828, 45904];
const RESPONSE_SIZES = [31415, 9, 2653, 58979];
const INITIAL_VALUE = 'test_initial_metadata_value';
const TRAILING_VALUE = Buffer.from('ababab', 'hex');
const CANNOT_SEE_COMPRESSION = 'grpc-js does not tell a client whether a message arrived compressed; the responses were otherwise right';

const largeUnaryRequest = (fields) => ({ response_size: LARGE_RESPONSE, payload: zeros(LARGE_REQUEST), ...fields });
const duplexRequest = (requestSize, responseSize) => ({ response_parameters: [{ size: responseSize }], payload: zeros(requestSize) });

const cases = {
  async empty_unary({ plain }) {
    const { status } = await callForOne(plain, 'EmptyCall', { request: {} });
    expectStatus(status, codes.OK);
  },

  async large_unary({ plain }) {
    await largeUnary(plain, largeUnaryRequest());
  },

  async client_streaming({ plain }) {
    await aggregate(plain, REQUEST_SIZES.map((size) => ({ payload: zeros(size) })), 74922);
  },

  async server_streaming({ plain }) {
    const request = { response_parameters: RESPONSE_SIZES.map((size) => ({ size })) };
    await expectResponses(callForMany(plain, 'StreamingOutputCall', { request }), RESPONSE_SIZES);
  },

  async ping_pong({ plain }) {
    const duplex = callForMany(plain, 'FullDuplexCall');
    for (const [index, size] of RESPONSE_SIZES.entries()) {
      duplex.call.write(duplexRequest(REQUEST_SIZES[index], size));
      await expectResponse(duplex, size);
    }
    duplex.call.end();
    await expectResponses(duplex, []);
  },

  async empty_stream({ plain }) {
    const duplex = callForMany(plain, 'FullDuplexCall');
    duplex.call.end();
    await expectResponses(duplex, []);
  },

  async client_compressed_unary({ compressing }) {
    const request = largeUnaryRequest({ expect_compressed: { value: true } });
    const probe = await callForOne(compressing, 'UnaryCall', { request, options: compressingOnly(() => false) });
    expectStatus(probe.status, codes.INVALID_ARGUMENT);
    const options = compressingOnly((message) => message.expect_compressed.value);
    await largeUnary(compressing, request, options);
    await largeUnary(compressing, { ...request, expect_compressed: { value: false } }, options);
  },

  async server_compressed_unary({ plain }) {
    for (const value of [true, false]) await largeUnary(plain, largeUnaryRequest({ response_compressed: { value } }));
    throw new NotPossible(CANNOT_SEE_COMPRESSION);
  },

  async client_compressed_streaming({ compressing }) {
    const wanted = { payload: zeros(27182), expect_compressed: { value: true } };
    const other = { payload: zeros(45904), expect_compressed: { value: false } };
    const send = (call) => { call.end(wanted); };
    const probe = await callForOne(compressing, 'StreamingInputCall', { send, options: compressingOnly(() => false) });
    expectStatus(probe.status, codes.INVALID_ARGUMENT);
    await aggregate(compressing, [wanted, other], 73086, compressingOnly((message) => message.expect_compressed.value));
  },

  async server_compressed_streaming({ plain }) {
    const sizes = [31415, 92653];
    const request = { response_parameters: sizes.map((size, index) => ({ size, compressed: { value: index === 0 } })) };
    await expectResponses(callForMany(plain, 'StreamingOutputCall', { request }), sizes);
    throw new NotPossible(CANNOT_SEE_COMPRESSION);
  },

  async timeout_on_sleeping_server({ plain }) {
    const duplex = callForMany(plain, 'FullDuplexCall', { options: { deadline: Date.now() + 1 } });
    duplex.call.write({ payload: zeros(REQUEST_SIZES[0]) });
    expectStatus(await duplex.status, codes.DEADLINE_EXCEEDED);
  },

  async cancel_after_begin({ plain }) {
    // grpc-js begins a call in later turns of its event loop; one that is cancelled at once never reaches the server.
    const send = (call) => setImmediate(() => call.cancel());
    const { status } = await callForOne(plain, 'StreamingInputCall', { send });
    expectStatus(status, codes.CANCELLED);
  },

  async cancel_after_first_response({ plain }) {
    const duplex = callForMany(plain, 'FullDuplexCall');
    duplex.call.write(duplexRequest(REQUEST_SIZES[0], RESPONSE_SIZES[0]));
    await expectResponse(duplex, RESPONSE_SIZES[0]);
    duplex.call.cancel();
    expectStatus(await duplex.status, codes.CANCELLED);
  },

  async custom_metadata({ plain }) {
    const metadata = new grpc.Metadata();
    metadata.set(ECHO_INITIAL, INITIAL_VALUE);
    metadata.set(ECHO_TRAILING, TRAILING_VALUE);

    const unary = await callForOne(plain, 'UnaryCall', { request: largeUnaryRequest(), metadata });
    expectStatus(unary.status, codes.OK);
    expectZeros(unary.response, LARGE_RESPONSE);
    expectEcho(unary.initial, unary.status.metadata);

    const duplex = callForMany(plain, 'FullDuplexCall', { metadata });
    duplex.call.end(duplexRequest(LARGE_REQUEST, LARGE_RESPONSE));
    await expectResponses(duplex, [LARGE_RESPONSE]);
    expectEcho(await duplex.initial, (await duplex.status).metadata);
  },

  async status_code_and_message({ plain }) {
    const request = { response_status: { code: codes.UNKNOWN, message: 'test status message' } };
    await expectEchoedStatus(plain, request.response_status);
    const duplex = callForMany(plain, 'FullDuplexCall');
    duplex.call.end(request);
    expectStatus(await duplex.status, codes.UNKNOWN, request.response_status.message);
  },

  async special_status_message({ plain }) {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
    await expectEchoedStatus(plain, { code: codes.UNKNOWN, message });
  },

  async unimplemented_method({ plain }) {
    const { status } = await callForOne(plain, 'UnimplementedCall', { request: {} });
    expectStatus(status, codes.UNIMPLEMENTED);
  },

  async unimplemented_service({ unimplemented }) {
    const { status } = await callForOne(unimplemented, 'UnimplementedCall', { request: {} });
    expectStatus(status, codes.UNIMPLEMENTED);
  },
};

async function largeUnary(client, request, options) {
  const { status, response } = await callForOne(client, 'UnaryCall', { request, options });
  expectStatus(status, codes.OK);
  expectZeros(response, LARGE_RESPONSE);
}

async function aggregate(client, requests, size, options) {
  const send = (call) => {
    for (const request of requests) call.write(request);
    call.end();
  };
  const { status, response } = await callForOne(client, 'StreamingInputCall', { send, options });
  expectStatus(status, codes.OK);
  expectEqual("the server's count of bytes", response.aggregated_payload_size, size);
}

async function expectResponse(stream, size) {
  const response = await stream.next();
  if (response === undefined) expectStatus(await stream.status, codes.OK);
  if (response === undefined) throw new Error('there was a response too few');
  expectZeros(response, size);
}

async function expectResponses(stream, sizes) {
  for (const size of sizes) await expectResponse(stream, size);
  expectEqual('the number of responses too many', (await stream.next()) === undefined ? 0 : 1, 0);
  expectStatus(await stream.status, codes.OK);
}

async function expectEchoedStatus(client, wanted) {
  const { status } = await callForOne(client, 'UnaryCall', { request: { response_status: wanted } });
  expectStatus(status, wanted.code, wanted.message);
}

function expectEcho(initial, trailing) {
  expectEqual("the initial metadata's echo", initial.get(ECHO_INITIAL)[0], INITIAL_VALUE);
  const [value] = trailing.get(ECHO_TRAILING);
  expectEqual("the trailing metadata's echo", value && value.toString('hex'), TRAILING_VALUE.toString('hex'));
}

module.exports = { CASES: new Map(Object.entries(cases)) };
