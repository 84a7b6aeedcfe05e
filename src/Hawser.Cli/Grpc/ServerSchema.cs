using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>What a gRPC server tells of its schema by reflection.</summary>
internal static class ServerSchema
{
    /// <summary>The schema of a symbol; null when the server has no reflection, or does not know the symbol.</summary>
    public static async Task<ProtoSchema?> TryReadAsync(CallInvoker server, string symbol, CancellationToken cancellationToken)
    {
        try
        {
            return await Checked(ServerReflection.ReadAsync(server, symbol, cancellationToken));
        }
        catch (RpcException exception) when (exception.Code is StatusCode.Unimplemented or StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The schema of everything; null when the server has no reflection.</summary>
    public static async Task<ProtoSchema?> TryReadAllAsync(CallInvoker server, CancellationToken cancellationToken)
    {
        try
        {
            return await Checked(ServerReflection.ReadAllAsync(server, cancellationToken));
        }
        catch (RpcException exception) when (exception.Code == StatusCode.Unimplemented)
        {
            return null;
        }
    }

    /// <summary>The names of all services; null when the server has no reflection.</summary>
    public static async Task<IReadOnlyList<string>?> TryListAsync(CallInvoker server, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerReflection.ListServicesAsync(server, cancellationToken);
        }
        catch (RpcException exception) when (exception.Code == StatusCode.Unimplemented)
        {
            return null;
        }
    }

    /// <summary>What to say when a server has no reflection.</summary>
    public static CommandException Untold(string address, string instead) => new(
        ExitCode.Usage, $"{address} does not tell its schema, as it has no server reflection; use {instead}.");

    private static async Task<ProtoSchema> Checked(Task<ProtoSchema> reading)
    {
        try
        {
            return await reading;
        }
        catch (SchemaException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"What the server tells of its schema does not fit together: {exception.Message}"), null, exception);
        }
    }
}
