using System.Buffers;
using Google.Protobuf;

namespace Hawser.Protobuf.Reflection;

/// <summary>One conversation with a server's reflection: a question, its answer, the next question.</summary>
internal sealed class ReflectionSession : IAsyncDisposable
{
    private readonly ClientCall call;

    private ReflectionSession(ClientCall call) => this.call = call;

    /// <summary>The full names of all services, sorted.</summary>
    internal IReadOnlyList<string> Services { get; private set; } = [];

    /// <summary>Begins, with whichever version the server knows.</summary>
    /// <exception cref="RpcException">It knows none.</exception>
    internal static async Task<ReflectionSession> OpenAsync(CallInvoker server, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(server, ServerReflection.Service, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException failure) when (failure.Code == StatusCode.Unimplemented)
        {
            return await OpenAsync(server, ServerReflection.AlphaService, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks one question.</summary>
    /// <exception cref="RpcException">The call ended.</exception>
    internal async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
    {
        await call.WriteAsync(new ReadOnlySequence<byte>(request.ToByteArray())).ConfigureAwait(false);
        if (!await call.ReadAsync().ConfigureAwait(false))
            throw new RpcException(Ending(), call.Trailers) { NotRun = call.NotRun };
        try
        {
            return ServerReflectionResponse.Parser.ParseFrom(call.Message);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The server's reflection sent an answer that is none: {failure.Message}"), trailers: null, failure);
        }
    }

    public ValueTask DisposeAsync() => call.DisposeAsync();

    private static async Task<ReflectionSession> OpenAsync(CallInvoker server, string service, CancellationToken cancellationToken)
    {
        var method = new Method($"{service}/{ServerReflection.MethodName}", Body.Stream, Body.Stream) { Codec = "proto" };
        var session = new ReflectionSession(await server.StartAsync(method, cancellationToken).ConfigureAwait(false));
        try
        {
            await session.ReadServicesAsync().ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async Task ReadServicesAsync()
    {
        var answer = await AskAsync(new ServerReflectionRequest { ListServices = "*" }).ConfigureAwait(false);
        if (answer.MessageResponseCase == ServerReflectionResponse.MessageResponseOneofCase.ErrorResponse)
            throw new RpcException(CodeOf(answer.ErrorResponse), $"The server does not list its services: {answer.ErrorResponse.ErrorMessage}");
        Services = [.. (answer.ListServicesResponse?.Service ?? []).Select(static service => service.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The code of an error; one that gRPC does not have, or that says that there is none, is unknown.</summary>
    private static StatusCode CodeOf(ErrorResponse error) =>
        error.ErrorCode is > (int)StatusCode.Ok and <= (int)StatusCode.Unauthenticated ? (StatusCode)error.ErrorCode : StatusCode.Unknown;

    private Status Ending() => call.Status is { IsOk: false } status ? status : new Status(StatusCode.Internal, "The server's reflection ended without an answer.");
}
