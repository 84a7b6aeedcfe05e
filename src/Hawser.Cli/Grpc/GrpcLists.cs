using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>The methods of schemas.</summary>
internal static class GrpcLists
{
    /// <summary>The methods that files declare.</summary>
    /// <exception cref="CommandException">A file is missing or wrong, or the service is not in them.</exception>
    public static async Task<IEnumerable<ListedMethod>> ReadFilesAsync(ProtoSettings settings, string? service, CancellationToken cancellationToken)
    {
        var schema = await SchemaFiles.LoadAsync(settings, cancellationToken);
        if (service is null)
            return schema.Services.SelectMany(List);
        return List(schema.FindService(service) ?? throw new CommandException(
            ExitCode.Usage, $"the schema has no service '{service}'.{Suggestions.For(service, schema.Services.Select(known => known.FullName))}"));
    }

    /// <summary>The methods that a server tells of; null when it has no reflection but may be a node that tells in its own way.</summary>
    /// <exception cref="CommandException">It tells in no way.</exception>
    /// <exception cref="RpcException">It does not have the service.</exception>
    public static async Task<IEnumerable<ListedMethod>?> TryReadServerAsync(CallInvoker server, string address, string? service, CancellationToken cancellationToken)
    {
        if (service is null)
        {
            if (await ServerSchema.TryReadAllAsync(server, cancellationToken) is { } all)
                return all.Services.SelectMany(List);
        }
        else
        {
            if ((await ServerSchema.TryReadAsync(server, service, cancellationToken))?.FindService(service) is { } found)
                return List(found);
            if (await ServerSchema.TryListAsync(server, cancellationToken) is { } services)
                throw new RpcException(StatusCode.NotFound, $"{address} has no service '{service}'.{Suggestions.For(service, services)}");
        }

        return await IsNodeAsync(server, cancellationToken) ? null : throw ServerSchema.Untold(address, "--proto FILE or --descriptor-set FILE");
    }

    private static IEnumerable<ListedMethod> List(ServiceSchema service) => service.Methods.Select(method => new ListedMethod(
        method.FullName,
        new MethodDescription(method.FullName, method.ToMethod().Request, method.ToMethod().Response, IsOneWay: false).Kind,
        method.Input.FullName,
        method.Output.FullName));

    private static async Task<bool> IsNodeAsync(CallInvoker server, CancellationToken cancellationToken)
    {
        try
        {
            await Reflection.ListAsync(server, cancellationToken);
            return true;
        }
        catch (RpcException exception) when (exception.Code == StatusCode.Unimplemented)
        {
            return false;
        }
    }
}
