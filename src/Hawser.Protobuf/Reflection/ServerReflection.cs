using Hawser.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>Asks a server for the schemas of what it serves: gRPC server reflection, <c>grpc.reflection.v1</c>, else <c>v1alpha</c>.</summary>
/// <remarks>
/// Safe from any thread. What a server can make this side hold is bounded: 10,000 files of 64 MiB together. Source: the gRPC project's "GRPC Server Reflection Protocol".
/// </remarks>
public static class ServerReflection
{
    /// <summary>The full name of the older service, without its method.</summary>
    internal const string AlphaService = "grpc.reflection.v1alpha.ServerReflection";

    /// <summary>The full name of the service, without its method.</summary>
    internal const string Service = "grpc.reflection.v1.ServerReflection";

    /// <summary>The name of its only method.</summary>
    internal const string MethodName = "ServerReflectionInfo";

    /// <summary>Asks for the names of all services.</summary>
    /// <param name="server">A channel or a connection to the server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The full names, sorted.</returns>
    /// <exception cref="RpcException">The server cannot be reached, or has no reflection (<see cref="StatusCode.Unimplemented"/>).</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<IReadOnlyList<string>> ListServicesAsync(CallInvoker server, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        var session = await ReflectionSession.OpenAsync(server, cancellationToken).ConfigureAwait(false);
        await using var disposal = session.ConfigureAwait(false);
        return session.Services;
    }

    /// <summary>Asks for the schemas of all services. One that the server lists but cannot describe is left out.</summary>
    /// <param name="server">A channel or a connection to the server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The schema of everything that the server described.</returns>
    /// <exception cref="RpcException">The server cannot be reached, or has no reflection (<see cref="StatusCode.Unimplemented"/>).</exception>
    /// <exception cref="SchemaException">What the server sent does not fit together.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<ProtoSchema> ReadAllAsync(CallInvoker server, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        var session = await ReflectionSession.OpenAsync(server, cancellationToken).ConfigureAwait(false);
        await using var disposal = session.ConfigureAwait(false);
        var files = new ReflectedFiles();
        foreach (var service in session.Services)
        {
            _ = await files.TryAddSymbolAsync(session, service).ConfigureAwait(false);
        }

        return await files.LinkAsync(session).ConfigureAwait(false);
    }

    /// <summary>Asks for the schema of one symbol.</summary>
    /// <param name="server">A channel or a connection to the server.</param>
    /// <param name="symbol">The full name of a service, a method (<c>package.Service/Method</c> or with a dot) or a type.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The file that declares it, with everything that it imports.</returns>
    /// <exception cref="RpcException">
    /// The server cannot be reached, has no reflection (<see cref="StatusCode.Unimplemented"/>), or does not know the symbol (<see cref="StatusCode.NotFound"/>).
    /// </exception>
    /// <exception cref="SchemaException">What the server sent does not fit together.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<ProtoSchema> ReadAsync(CallInvoker server, string symbol, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        var session = await ReflectionSession.OpenAsync(server, cancellationToken).ConfigureAwait(false);
        await using var disposal = session.ConfigureAwait(false);
        var files = new ReflectedFiles();
        return await files.TryAddSymbolAsync(session, symbol.Replace('/', '.')).ConfigureAwait(false)
            ? await files.LinkAsync(session).ConfigureAwait(false)
            : throw new RpcException(StatusCode.NotFound, $"The server's reflection does not know '{symbol}'.");
    }
}
