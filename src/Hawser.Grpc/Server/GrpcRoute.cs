using Hawser.Grpc.Contracts;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Server;

/// <summary>What answers one path.</summary>
internal sealed class GrpcRoute
{
    private readonly ServerCallHandler handler;
    private readonly ServerCallHandler protobufHandler;

    /// <param name="endpoint">The endpoint.</param>
    /// <param name="handler">The endpoint behind the server's interceptors.</param>
    /// <param name="contract">Lets protobuf callers call an endpoint that speaks something else; null when there is none, or no need.</param>
    internal GrpcRoute(Endpoint endpoint, ServerCallHandler handler, Contract? contract)
    {
        Endpoint = endpoint;
        Contract = contract;
        this.handler = handler;
        protobufHandler = contract is null ? handler : call => ContractServerCall.InvokeAsync(call, contract, handler);
    }

    internal Endpoint Endpoint { get; }

    internal Contract? Contract { get; }

    internal Method Method => Endpoint.Method;

    /// <summary>Whether callers whose messages are in a codec can be answered.</summary>
    internal bool Speaks(string codec) =>
        Method.Codec is not { } own || string.Equals(own, codec, StringComparison.Ordinal)
        || (Contract is not null && string.Equals(codec, GrpcContentType.ProtobufCodec, StringComparison.Ordinal));

    /// <summary>What answers callers whose messages are in a codec.</summary>
    internal ServerCallHandler HandlerFor(string codec) =>
        string.Equals(codec, GrpcContentType.ProtobufCodec, StringComparison.Ordinal) ? protobufHandler : handler;
}
